/** What the runtime says by itself, in the caller's language, where the author wrote nothing. */
export interface Words {
  stillThere: string;
  cannotHear: string;
  unclear: readonly [string, string];
  cannotUnderstand: string;
  goodbye: string;
  oneMoment: string;
  useKeys: string;
  trouble: string;
  limit: string;
  drained: string;
  privateLine: string;
}

const english: Words = {
  stillThere: 'Are you still there?',
  cannotHear: 'I cannot hear you. Goodbye.',
  unclear: ['Sorry, I did not understand that.', 'I am sorry, could you say it in other words?'],
  cannotUnderstand: 'I am sorry, I cannot help you with that. Goodbye.',
  goodbye: 'Goodbye.',
  oneMoment: 'One moment, please.',
  useKeys: 'I cannot hear you any more. Please use the keys.',
  trouble: 'I am sorry, something went wrong on our side. Please call again later. Goodbye.',
  limit: 'I am sorry, I have to end our call here. Goodbye.',
  drained: 'I am sorry, I have to end our call now. Please call again in a minute. Goodbye.',
  privateLine: 'This line is private. Goodbye.',
};

const languages: Readonly<Record<string, Words>> = {
  en: english,
  cs: {
    stillThere: 'Jste tam ještě?',
    cannotHear: 'Neslyším vás. Na shledanou.',
    unclear: ['Promiňte, nerozuměl jsem.', 'Promiňte, můžete to říct jinak?'],
    cannotUnderstand: 'Omlouvám se, s tím vám nepomohu. Na shledanou.',
    goodbye: 'Na shledanou.',
    oneMoment: 'Okamžik, prosím.',
    useKeys: 'Už vás neslyším. Použijte prosím klávesy.',
    trouble: 'Omlouváme se, něco se u nás nepovedlo. Zavolejte prosím později. Na shledanou.',
    limit: 'Omlouvám se, hovor tady musím ukončit. Na shledanou.',
    drained: 'Omlouvám se, hovor teď musím ukončit. Zavolejte prosím za minutu. Na shledanou.',
    privateLine: 'Tato linka je soukromá. Na shledanou.',
  },
  de: {
    stillThere: 'Sind Sie noch da?',
    cannotHear: 'Ich kann Sie nicht hören. Auf Wiederhören.',
    unclear: ['Entschuldigung, das habe ich nicht verstanden.', 'Können Sie das bitte anders sagen?'],
    cannotUnderstand: 'Es tut mir leid, dabei kann ich Ihnen nicht helfen. Auf Wiederhören.',
    goodbye: 'Auf Wiederhören.',
    oneMoment: 'Einen Moment, bitte.',
    useKeys: 'Ich höre Sie nicht mehr. Bitte benutzen Sie die Tasten.',
    trouble: 'Es tut mir leid, bei uns ist etwas schiefgegangen. Bitte rufen Sie später an. Auf Wiederhören.',
    limit: 'Es tut mir leid, ich muss unser Gespräch hier beenden. Auf Wiederhören.',
    drained: 'Es tut mir leid, ich muss jetzt auflegen. Bitte rufen Sie in einer Minute wieder an.',
    privateLine: 'Dieser Anschluss ist privat. Auf Wiederhören.',
  },
  es: {
    stillThere: '¿Sigue ahí?',
    cannotHear: 'No le oigo. Adiós.',
    unclear: ['Perdone, no le he entendido.', '¿Podría decirlo de otra manera, por favor?'],
    cannotUnderstand: 'Lo siento, no puedo ayudarle con eso. Adiós.',
    goodbye: 'Adiós.',
    oneMoment: 'Un momento, por favor.',
    useKeys: 'Ya no le oigo. Use las teclas, por favor.',
    trouble: 'Lo siento, algo ha fallado por nuestra parte. Llame más tarde, por favor. Adiós.',
    limit: 'Lo siento, tengo que terminar aquí la llamada. Adiós.',
    drained: 'Lo siento, tengo que terminar la llamada. Llame de nuevo en un minuto, por favor. Adiós.',
    privateLine: 'Esta línea es privada. Adiós.',
  },
  fr: {
    stillThere: 'Êtes-vous toujours là ?',
    cannotHear: 'Je ne vous entends pas. Au revoir.',
    unclear: ["Pardon, je n'ai pas compris.", 'Pourriez-vous le dire autrement ?'],
    cannotUnderstand: 'Je suis désolé, je ne peux pas vous aider pour cela. Au revoir.',
    goodbye: 'Au revoir.',
    oneMoment: 'Un instant, je vous prie.',
    useKeys: 'Je ne vous entends plus. Utilisez les touches, s’il vous plaît.',
    trouble: 'Je suis désolé, nous avons un problème. Veuillez rappeler plus tard. Au revoir.',
    limit: "Je suis désolé, je dois terminer l'appel ici. Au revoir.",
    drained: "Je suis désolé, je dois terminer l'appel. Veuillez rappeler dans une minute. Au revoir.",
    privateLine: 'Cette ligne est privée. Au revoir.',
  },
};

/** The words of the locale's language (BCP 47), else English. */
export function wordsFor(locale: string): Words {
  return languages[locale.split(/[-_]/)[0]!.toLowerCase()] ?? english;
}
