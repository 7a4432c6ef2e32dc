import { Menu } from "@base-ui/react/menu";
import Check from "lucide-react/icons/check";
import { type Preference, usePreference } from "../../components/preference";

interface LogChoiceProps<T extends string> {
  readonly label: string;
  readonly of: Preference<T>;
  readonly words: Readonly<Record<T, string>>;
}

/** One of several, in the menu. */
export function LogChoice<T extends string>({ label, of, words }: LogChoiceProps<T>) {
  const value = usePreference(of);
  return (
    <Menu.Group>
      <Menu.GroupLabel className="px-3 py-1 text-xs text-text-3">{label}</Menu.GroupLabel>
      <Menu.RadioGroup value={value} onValueChange={(next: T) => of.set(next)}>
        {(Object.keys(words) as T[]).map((key) => (
          <Menu.RadioItem key={key} value={key} closeOnClick={false} className="qw-item">
            <span className="inline-flex w-4">
              <Menu.RadioItemIndicator>
                <Check size={14} aria-hidden />
              </Menu.RadioItemIndicator>
            </span>
            {words[key]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Menu.Group>
  );
}
