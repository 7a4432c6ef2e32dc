import { SelectInput } from "../forms/SelectInput";
import { TextInput } from "../forms/TextInput";
import { type DeliveryDraft, type DeliveryProblems, type MailTls, TLS_WORDS, withTls } from "../model/deliveryDraft";

interface MailFieldsProps {
  draft: DeliveryDraft;
  problems: DeliveryProblems;
  strict: boolean;
  onChange: (draft: DeliveryDraft) => void;
}

/** Whom mail goes to, and through which server. */
export function MailFields({ draft, problems, strict, onChange }: MailFieldsProps) {
  const set = (change: Partial<DeliveryDraft>) => onChange({ ...draft, ...change });
  return (
    <>
      <TextInput
        label="To"
        value={draft.to}
        placeholder="ops@example.com, oncall@example.com"
        problem={problems.to}
        strict={strict}
        onChange={(to) => set({ to })}
      />
      <TextInput
        label="From"
        value={draft.from}
        placeholder="quaywatch@example.com"
        problem={problems.from}
        strict={strict}
        onChange={(from) => set({ from })}
      />
      <div className="grid grid-cols-[1fr_14rem_5rem] gap-3 max-sm:grid-cols-1">
        <TextInput
          label="Mail server"
          value={draft.host}
          placeholder="smtp.example.com"
          problem={problems.host}
          strict={strict}
          onChange={(host) => set({ host })}
        />
        <SelectInput label="Encryption" value={draft.tls} onChange={(tls: MailTls) => onChange(withTls(draft, tls))}>
          {Object.entries(TLS_WORDS).map(([tls, word]) => (
            <option key={tls} value={tls}>
              {word}
            </option>
          ))}
        </SelectInput>
        <TextInput
          label="Port"
          inputMode="numeric"
          value={draft.port}
          problem={problems.port}
          strict={strict}
          onChange={(port) => set({ port })}
        />
      </div>
      <TextInput
        label="User"
        value={draft.user}
        note="Where the server asks who sends."
        strict={strict}
        onChange={(user) => set({ user })}
      />
    </>
  );
}
