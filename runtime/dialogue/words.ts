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
  /** Free talk without a model. */
  noTalk: string;
  /** A gate is closed. */
  notPossible: string;
  /** A slot without an `ask` is asked for; {name} is its name. */
  askFor: string;
  /** The day of a moment is known, its time is not. */
  askTime: string;
  readBack: string;
  whatElse: string;
  atLeast: string;
  atMost: string;
  /** {from} and {to} are the least and the greatest. */
  between: string;
  /** {value} is how many. */
  digitCount: string;
  digitRange: string;
  /** Who takes a transfer is told what is known of the caller. */
  brief: string;
  briefFrom: string;
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
  noTalk: 'I am sorry, I cannot talk about that here.',
  notPossible: 'I am sorry, that is not possible. Goodbye.',
  askFor: 'Please tell me the {name}.',
  askTime: 'At what time?',
  readBack: '{value}, is that right?',
  whatElse: 'What should be different?',
  atLeast: 'It has to be at least {value}.',
  atMost: 'It can be {value} at most.',
  between: 'It has to be from {from} to {to}.',
  digitCount: 'It should have {value} digits.',
  digitRange: 'It should have {from} to {to} digits.',
  brief: 'There is a caller for you.',
  briefFrom: 'The number is {value}.',
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
    noTalk: 'Promiňte, o tom tady mluvit nemohu.',
    notPossible: 'Promiňte, to není možné. Na shledanou.',
    askFor: 'Řekněte mi prosím: {name}.',
    askTime: 'V kolik hodin?',
    readBack: '{value}, je to tak?',
    whatElse: 'Co mám změnit?',
    atLeast: 'Musí to být alespoň {value}.',
    atMost: 'Může to být nejvýše {value}.',
    between: 'Musí to být od {from} do {to}.',
    digitCount: 'Má to mít {value} číslic.',
    digitRange: 'Má to mít {from} až {to} číslic.',
    brief: 'Máte na lince volajícího.',
    briefFrom: 'Číslo je {value}.',
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
    noTalk: 'Es tut mir leid, darüber kann ich hier nicht sprechen.',
    notPossible: 'Es tut mir leid, das ist nicht möglich. Auf Wiederhören.',
    askFor: 'Bitte sagen Sie mir: {name}.',
    askTime: 'Um wie viel Uhr?',
    readBack: '{value}, ist das richtig?',
    whatElse: 'Was soll anders sein?',
    atLeast: 'Es muss mindestens {value} sein.',
    atMost: 'Es darf höchstens {value} sein.',
    between: 'Es muss von {from} bis {to} sein.',
    digitCount: 'Es sollten {value} Ziffern sein.',
    digitRange: 'Es sollten {from} bis {to} Ziffern sein.',
    brief: 'Ein Anruf für Sie.',
    briefFrom: 'Die Nummer ist {value}.',
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
    noTalk: 'Lo siento, de eso no puedo hablar aquí.',
    notPossible: 'Lo siento, eso no es posible. Adiós.',
    askFor: 'Dígame, por favor: {name}.',
    askTime: '¿A qué hora?',
    readBack: '{value}, ¿es correcto?',
    whatElse: '¿Qué quiere cambiar?',
    atLeast: 'Tiene que ser al menos {value}.',
    atMost: 'Puede ser {value} como máximo.',
    between: 'Tiene que ser de {from} a {to}.',
    digitCount: 'Debe tener {value} cifras.',
    digitRange: 'Debe tener de {from} a {to} cifras.',
    brief: 'Tiene una llamada.',
    briefFrom: 'El número es {value}.',
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
    noTalk: 'Je suis désolé, je ne peux pas parler de cela ici.',
    notPossible: "Je suis désolé, ce n'est pas possible. Au revoir.",
    askFor: 'Dites-moi, s’il vous plaît : {name}.',
    askTime: 'À quelle heure ?',
    readBack: '{value}, c’est bien cela ?',
    whatElse: 'Que faut-il changer ?',
    atLeast: 'Il faut au moins {value}.',
    atMost: 'C’est {value} au maximum.',
    between: 'Il faut que ce soit de {from} à {to}.',
    digitCount: 'Il faut {value} chiffres.',
    digitRange: 'Il faut de {from} à {to} chiffres.',
    brief: 'Un appel pour vous.',
    briefFrom: 'Le numéro est le {value}.',
  },
};

/** The words of the locale's language (BCP 47), else English. */
export function wordsFor(locale: string): Words {
  return languages[locale] ?? languages[locale.split(/[-_]/)[0]!.toLowerCase()] ?? english;
}
