import Unplug from "lucide-react/icons/unplug";
import { Link } from "wouter";
import { disconnectNetwork } from "../../../api/resources";
import type { Endpoint, Network } from "../../../api/types.gen";
import { containerPath } from "../../../components/routes";
import { Section } from "../../../components/sections/Section";
import { useLive } from "../../../store/hooks";
import { ActButton } from "../ActButton";
import { deskOf } from "../desk";
import { useMay } from "../useMay";

/** Who is attached to a network, and by which addresses. */
export function Endpoints({ network: n }: { network: Network }) {
  const live = useLive();
  const may = useMay();
  // Most networks have none, and a telephone has little room.
  const ipv6 = n.endpoints.some((e) => e.ipv6 !== "");
  const disconnect = (e: Endpoint) =>
    void deskOf(live).one({
      key: `${n.engine}/${n.id} ${e.container}`,
      name: e.name,
      what: `disconnect ${e.name} from ${n.name}`,
      doing: "Disconnecting…",
      done: `${e.name} disconnected from ${n.name}`,
      run: () => disconnectNetwork(live.client, n, { container: e.container, force: true }).then(() => undefined),
    });
  return (
    <Section title={n.partial ? "Attached" : `Attached (${n.endpoints.length})`}>
      {n.partial && <p className="text-text-2">Not known yet.</p>}
      {!n.partial && n.endpoints.length === 0 && <p className="text-text-2">No running container is attached.</p>}
      {n.endpoints.length > 0 && (
        <div className="overflow-x-auto" tabIndex={-1}>
          <table className="w-full text-sm" data-testid="endpoints">
            <thead>
              <tr className="text-text-3">
                <Head>Container</Head>
                <Head>IPv4</Head>
                {ipv6 && <Head>IPv6</Head>}
                <Head className="max-sm:hidden">MAC</Head>
                <th scope="col">
                  <span className="sr-only">Disconnect</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {n.endpoints.map((e) => (
                <tr key={e.container} className="border-t border-line" data-endpoint={e.name}>
                  <td className="py-1 pe-4">
                    <Link href={containerPath(`${n.engine}/${e.container}`)} className="text-accent hover:underline">
                      {e.name}
                    </Link>
                  </td>
                  <td className="py-1 pe-4 font-mono">{e.ipv4 || "—"}</td>
                  {ipv6 && <td className="py-1 pe-4 font-mono">{e.ipv6 || "—"}</td>}
                  <td className="py-1 pe-4 font-mono text-text-2 max-sm:hidden">{e.mac || "—"}</td>
                  <td className="py-1 text-end">
                    <ActButton
                      tone="quiet"
                      className="px-1.5"
                      reason={may.change}
                      aria-label={`Disconnect ${e.name}`}
                      title="Disconnect"
                      onClick={() => disconnect(e)}
                    >
                      <Unplug size={14} aria-hidden />
                    </ActButton>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function Head({ className = "", children }: { className?: string; children: string }) {
  return (
    <th scope="col" className={`pe-4 text-start font-normal ${className}`}>
      {children}
    </th>
  );
}
