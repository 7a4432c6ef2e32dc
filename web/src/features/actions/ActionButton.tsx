import type { Action } from "../../api/types.gen";
import { Button } from "../../components/Button";
import { ActionIcon } from "./ActionIcon";
import { WORDS } from "./model/words";

interface ActionButtonProps {
  action: Action;
  /** Why it can't be pressed, null where it can. */
  reason: string | null;
  /** Without its word, where there is little room. */
  iconOnly?: boolean;
  tone?: "plain" | "primary" | "quiet";
  title?: string | undefined;
  onPress: () => void;
}

/** An action's button. Where it can't be pressed it can still be reached, and says why. */
export function ActionButton({ action, reason, iconOnly, tone = "plain", title, onPress }: ActionButtonProps) {
  const { verb } = WORDS[action];
  return (
    <Button
      tone={tone}
      className="aria-disabled:opacity-50"
      aria-disabled={reason !== null || undefined}
      aria-label={iconOnly ? verb : undefined}
      aria-description={reason ?? undefined}
      title={reason === null ? (title ?? (iconOnly ? verb : undefined)) : `${verb}: ${reason}`}
      data-action={action}
      onClick={() => reason === null && onPress()}
    >
      <ActionIcon action={action} />
      {!iconOnly && verb}
    </Button>
  );
}
