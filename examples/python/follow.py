"""Prints the containers of a Quaywatch server as they come (+), change (~) and
go (-), and goes on where it was after a cut (docs/protocol.md). No packages:
QUAYWATCH_TOKEN=... python3 examples/python/follow.py http://127.0.0.1:7420"""
import base64, json, os, random, socket, struct, sys, time, urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
epoch, seq, known, pages = "", 0, {}, {}  # by key; pages are of a snapshot that has not ended
SUB = {"type": "sub", "id": 1, "topic": "containers"}

def connect():  # opens a WebSocket (RFC 6455) and returns it with a buffered reader
    s = socket.create_connection((url.hostname, url.port or 80), timeout=5)  # the server pings every 2 s
    s.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: {url.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Protocol: quaywatch.v1\r\n\r\n".encode())
    r = s.makefile("rb")
    if b" 101 " not in r.readline() or b"\r\n" not in iter(r.readline, b""):
        raise OSError("no WebSocket there")
    return s, r

def send(s, message):
    data, mask = json.dumps(message).encode(), os.urandom(4)  # a client masks what it sends
    size = struct.pack("!BB", 0x81, 0x80 | len(data)) if len(data) < 126 else struct.pack("!BBH", 0x81, 0xFE, len(data))
    s.sendall(size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

def messages(r):  # yields them until the connection ends
    text = b""
    while len(head := r.read(2)) == 2:
        size = head[1] & 0x7F
        data = r.read(size if size < 126 else int.from_bytes(r.read(2 if size == 126 else 8), "big"))
        if head[0] & 0x0F == 8 and 4400 <= int.from_bytes(data[:2], "big") < 4500:
            sys.exit(data[2:].decode())  # refused: trying again would not help
        if head[0] & 0x0F < 3:
            text += data
            if head[0] & 0x80:  # its last part
                got, text = json.loads(text), b""
                yield from got if isinstance(got, list) else [got]

def show(key, new):
    if new is None:
        print("-", known.pop(key)["name"], flush=True)
    elif known.get(key) != new:
        print("~" if key in known else "+", new["name"], new["state"], flush=True)
        known[key] = new

def handle(s, m):
    global epoch, seq
    kind = m["type"]
    if kind == "welcome":
        epoch = m["epoch"]
    elif kind in ("subbed", "resync"):
        pages.clear()
    elif kind == "snap":
        pages.update((f"{o['engine']}/{o['id']}", o) for o in m["items"])
    elif kind == "delta" and m["seq"] > seq and m["from"] != seq:
        send(s, SUB)  # a gap: once more, from a snapshot
    elif kind in ("snapEnd", "mark") or kind == "delta" and m["seq"] > seq:
        new = {f"{o['engine']}/{o['id']}": o for o in m.get("added", [])}
        new |= {k: {**known[k], **d.get("set", {})} for k, d in m.get("changed", {}).items()}
        gone = known.keys() - pages.keys() if kind == "snapEnd" else m.get("removed", [])
        for key, o in [*(pages if kind == "snapEnd" else new).items(), *((key, None) for key in gone)]:
            show(key, o)
        seq = m["seq"]
    elif kind == "ping":
        send(s, {"type": "pong", "n": m["n"]})

wait = 0.5
while True:
    try:
        s, r = connect()
        send(s, {"type": "hello", "v": 1, "token": os.environ.get("QUAYWATCH_TOKEN", ""), "client": {"id": f"py-{os.getpid()}"},
                 "resume": {"epoch": epoch, "topics": {"containers": seq}}})
        send(s, SUB)
        for m in messages(r):
            handle(s, m)
            wait = 0.5
    except OSError as e:
        print("cut:", e, file=sys.stderr)
    time.sleep(random.uniform(0, wait))  # full jitter: not all clients at once
    wait = min(2 * wait, 15)
