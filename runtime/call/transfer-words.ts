/** What the other side of a transfer is asked. */
const ENGLISH = 'Press one to take the call, or hang up.';
const QUESTIONS: Readonly<Record<string, string>> = {
  cs: 'Stiskněte jedničku, chcete-li hovor přijmout, nebo zavěste.',
  de: 'Drücken Sie die Eins, um den Anruf anzunehmen, oder legen Sie auf.',
  en: ENGLISH,
  es: 'Pulse uno para aceptar la llamada, o cuelgue.',
  fr: 'Appuyez sur la touche un pour prendre cet appel, ou raccrochez.',
};

/** Whether it takes the call, in the locale (BCP 47) where its language is known here, else in English. */
export function takeTheCall(locale: string): { text: string; locale: string } {
  const language = locale.split(/[-_]/, 1)[0]!.toLowerCase();
  const text = QUESTIONS[language];
  return text === undefined ? { text: ENGLISH, locale: 'en-US' } : { text, locale };
}
