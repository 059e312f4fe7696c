/** The builder's controls, of the console's own components and with names for those who do not see them. */
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import {
  type ActionProps,
  type NotToggleProps,
  toFlatOptionArray,
  type ValueEditorProps,
  type ValueSelectorProps,
} from 'react-querybuilder';

export function Choice({ options, value, handleOnChange, title, className }: ValueSelectorProps) {
  return (
    <NativeSelect
      aria-label={title}
      className={className}
      size="xs"
      value={value ?? ''}
      onChange={(event) => handleOnChange(event.currentTarget.value)}
      data={toFlatOptionArray(options).map(({ name, label }) => ({ value: name, label }))}
    />
  );
}

export function Value({ value, handleOnChange, title, className }: ValueEditorProps) {
  return (
    <TextInput
      aria-label={title}
      className={className}
      size="xs"
      value={String(value ?? '')}
      onChange={(event) => handleOnChange(event.currentTarget.value)}
    />
  );
}

export function Action({ label, title, className, handleOnClick }: ActionProps) {
  return (
    <Button
      aria-label={title}
      className={className}
      size="compact-sm"
      variant="default"
      onClick={handleOnClick}
    >
      {label}
    </Button>
  );
}

export function Not({ label, title, className, checked, handleOnChange }: NotToggleProps) {
  return (
    <Checkbox
      aria-label={title}
      className={className}
      size="xs"
      label={label}
      checked={checked ?? false}
      onChange={(event) => handleOnChange(event.currentTarget.checked)}
    />
  );
}
