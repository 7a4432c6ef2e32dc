import Trash2 from "lucide-react/icons/trash-2";
import { ActButton } from "./ActButton";

interface RemoveButtonProps {
  keys: readonly string[];
  reason: string | null;
  onRemove: (keys: readonly string[]) => void;
}

export function RemoveButton({ keys, reason, onRemove }: RemoveButtonProps) {
  return (
    <ActButton reason={reason} onClick={() => onRemove(keys)}>
      <Trash2 size={14} aria-hidden className="text-bad" />
      Remove
    </ActButton>
  );
}
