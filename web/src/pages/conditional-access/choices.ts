import { controlWords } from '../../components/data/words.ts';

/** Client apps that conditions of policies name. */
export const clients = [
  { id: 'browser', label: 'Browser' },
  { id: 'mobileAppsAndDesktopClients', label: 'Mobile apps and desktop clients' },
  { id: 'exchangeActiveSync', label: 'Exchange ActiveSync clients' },
  { id: 'other', label: 'Other clients' },
] as const;

export const platforms = [
  { id: 'android', label: 'Android' },
  { id: 'iOS', label: 'iOS' },
  { id: 'windows', label: 'Windows' },
  { id: 'macOS', label: 'macOS' },
  { id: 'linux', label: 'Linux' },
] as const;

export const filterModes = [
  { id: 'include', label: 'Include filtered devices in policy' },
  { id: 'exclude', label: 'Exclude filtered devices from policy' },
] as const;

/** What a policy may require, beside a strength. */
export const controls = (['mfa', 'compliantDevice', 'domainJoinedDevice'] as const).map((id) => ({
  id,
  label: controlWords(id),
}));

export const operators = [
  { id: 'AND', label: 'Require all the selected controls' },
  { id: 'OR', label: 'Require one of the selected controls' },
] as const;

export const frequencyIntervals = [
  { id: 'timeBased', label: 'Periodic reauthentication' },
  { id: 'everyTime', label: 'Every time' },
] as const;

export const frequencyUnits = [
  { id: 'hours', label: 'Hours' },
  { id: 'days', label: 'Days' },
] as const;

export const persistentModes = [
  { id: 'none', label: 'Not configured' },
  { id: 'always', label: 'Always persistent' },
  { id: 'never', label: 'Never persistent' },
] as const;
