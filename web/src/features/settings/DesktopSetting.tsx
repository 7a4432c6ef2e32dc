import { useId, useState } from "react";
import { Button } from "../../components/Button";
import { usePreference } from "../../components/preference";
import { desktopNoticesPreference } from "../../components/preferences";
import { Setting } from "./Setting";

type Permission = NotificationPermission | "none";

function permissionNow(): Permission {
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
    try {
      new Notification("Quaywatch", { body: "This is how a notification looks.", tag: "test" });
    } catch {
      setPermission("none");
    }
  };
  const possible = permission === "granted" || permission === "default";
  return (
    <Setting id={id} label="Notifications on the desktop" note={NOTES[permission]} control={`${id}-box`}>
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
