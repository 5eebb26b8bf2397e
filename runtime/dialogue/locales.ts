/** A language and region as BCP 47 writes them (`de-DE`; `_` is accepted), or null for what is none. */
export function localeOf(text: string): string | null {
  if (!/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/.test(text)) return null;
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
}
