import { Button } from "../../../components/Button";
import { TextInput } from "../forms/TextInput";
import { type DeliveryDraft, type DeliveryProblems, wordsOf } from "../model/deliveryDraft";

interface SecretFieldProps {
  draft: DeliveryDraft;
  problems: DeliveryProblems;
  strict: boolean;
  onChange: (draft: DeliveryDraft) => void;
}

/** What only goes in: it is typed to be set, and never shown again. */
export function SecretField({ draft, problems, strict, onChange }: SecretFieldProps) {
  const { secret } = wordsOf(draft.kind);
  if (secret === null) return null;
  const set = draft.secretSet && !draft.dropSecret;
  return (
    <div className="flex items-start gap-2">
      <TextInput
        label={secret.label}
        type="password"
        autoComplete="new-password"
        value={draft.secret}
        placeholder={set ? "set; type to replace" : draft.dropSecret ? "is removed when you save" : ""}
        note={secret.hint}
        problem={problems.secret}
        strict={strict}
        onChange={(typed) => onChange({ ...draft, secret: typed })}
        fieldClass="flex-1"
      />
      {draft.secretSet && draft.secret === "" && (
        <Button className="mt-6.5" onClick={() => onChange({ ...draft, dropSecret: !draft.dropSecret })}>
          {draft.dropSecret ? "Keep it" : "Remove it"}
        </Button>
      )}
    </div>
  );
}
