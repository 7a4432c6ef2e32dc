import { useId, useState } from "react";
import { Button } from "../../components/Button";
import type { Notice } from "../../components/notice";
import { usePreference } from "../../components/preference";
import { desktopNoticesPreference } from "../../components/preferences";
import { shellOf } from "../../components/shell";
import { Setting } from "./Setting";

type Permission = NotificationPermission | "none";

function permissionNow(): Permission {
  if (shellOf()) return "granted";
  // Without https, and but for loopback, browsers have no desktop notifications.
  return typeof Notification === "undefined" || !window.isSecureContext ? "none" : Notification.permission;
}

const NOTES: Record<Permission, string> = {
  granted: "While the window is not focused. The browser allows it.",
  default: "While the window is not focused. The browser will ask whether it is allowed.",
  denied:
    "The browser refuses them for this address. Allow notifications in its settings for this site, then come back.",
  none: "This browser shows them on https and on this machine's own addresses only.",
};

const SAMPLE: Notice = {
  id: 0,
  key: "test",
  tone: "info",
  title: "Quaywatch",
  text: "",
  action: undefined,
  at: 0,
  read: true,
  toast: false,
};

/** Notices on the desktop. This is the only place that asks for the permission. */
export function DesktopSetting() {
  const id = useId();
  const on = usePreference(desktopNoticesPreference) === "on";
  const [permission, setPermission] = useState(permissionNow);

  const change = async (wanted: boolean) => {
    if (!wanted) {
      desktopNoticesPreference.set("off");
      return;
    }
    const answer = permission === "default" ? await Notification.requestPermission() : permission;
    setPermission(answer);
    desktopNoticesPreference.set(answer === "granted" ? "on" : "off");
  };
  const test = () => {
    const shell = shellOf();
    const body = "This is how a notification looks.";
    try {
      if (shell) shell.notify({ ...SAMPLE, text: body });
      else new Notification("Quaywatch", { body, tag: "test" });
    } catch {
      setPermission("none");
    }
  };
  const possible = permission === "granted" || permission === "default";
  return (
    <Setting
      id={id}
      label="Notifications on the desktop"
      note={shellOf() ? "While the window is not focused." : NOTES[permission]}
      control={`${id}-box`}
    >
      <span className="flex items-center gap-3">
        {on && permission === "granted" && <Button onClick={test}>Try it</Button>}
        <input
          type="checkbox"
          id={`${id}-box`}
          aria-describedby={`${id}-note`}
          checked={on && permission === "granted"}
          disabled={!possible}
          onChange={(e) => void change(e.target.checked)}
          className="size-4 accent-accent"
        />
      </span>
    </Setting>
  );
}
