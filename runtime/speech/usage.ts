/** What vendors count and bill. */
export const USAGE_UNITS = [
  'inputTextTokens',
  'inputAudioTokens',
  'cachedTextTokens',
  'cachedAudioTokens',
  'outputTextTokens',
  'outputAudioTokens',
  'seconds',
  'characters',
] as const;
export type UsageUnit = (typeof USAGE_UNITS)[number];

/**
 * What one request, reply or stretch of audio took. Cached tokens are not among the input tokens. `seconds` are of
 * audio heard, `characters` are of text spoken.
 */
export interface Usage {
  vendor: string;
  /** As the vendor calls it. */
  model: string;
  amounts: Partial<Record<UsageUnit, number>>;
}
