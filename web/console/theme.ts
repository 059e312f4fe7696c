/** Colours and shapes of the console. Texts keep a contrast of 4.5 to what they stand on. */
import { type CSSVariablesResolver, createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 9, dark: 9 },
  defaultRadius: 'md',
  respectReducedMotion: true,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
});

/** Darker than the library's on tinted grounds, which are too close to their texts. */
const light = {
  '--mantine-color-dimmed': '#5a6169',
  '--mantine-color-placeholder': '#6b7279',
  '--mantine-color-teal-light-color': '#05543c',
  '--mantine-color-teal-text': '#05543c',
  '--mantine-color-teal-filled-hover': '#066649',
  '--mantine-color-red-light-color': '#9c1c1c',
  '--mantine-color-red-text': '#b02020',
  '--mantine-color-gray-light-color': '#41474d',
  '--mantine-color-grape-light-color': '#6f2484',
  '--mantine-color-yellow-light-color': '#7a4300',
  '--mantine-color-blue-light-color': '#10508f',
};
const dark = {
  '--mantine-color-dimmed': '#a9adb3',
  '--mantine-color-placeholder': '#9a9fa5',
  '--mantine-color-teal-light-color': '#7fe3c0',
  '--mantine-color-teal-text': '#63d9b1',
  '--mantine-color-teal-filled-hover': '#066649',
  '--mantine-color-red-light-color': '#ffb3b3',
  '--mantine-color-red-text': '#ff9a9a',
  '--mantine-color-gray-light-color': '#d5d8dc',
  '--mantine-color-grape-light-color': '#eebefa',
  '--mantine-color-yellow-light-color': '#ffe08a',
  '--mantine-color-blue-light-color': '#a9d4ff',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light, dark });
