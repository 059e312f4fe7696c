/** The builder's controls with names for those who do not see them. */
import { toFlatOptionArray, type ValueEditorProps, type ValueSelectorProps } from 'react-querybuilder';

export function Choice({ options, value, handleOnChange, title, className }: ValueSelectorProps) {
  return (
    <select
      aria-label={title}
      className={className}
      value={value ?? ''}
      onChange={(event) => handleOnChange(event.currentTarget.value)}
    >
      {toFlatOptionArray(options).map(({ name, label }) => (
        <option key={name} value={name}>
          {label}
        </option>
      ))}
    </select>
  );
}

export function Value({ value, handleOnChange, title, className }: ValueEditorProps) {
  return (
    <input
      aria-label={title}
      className={className}
      value={String(value ?? '')}
      onChange={(event) => handleOnChange(event.currentTarget.value)}
    />
  );
}
