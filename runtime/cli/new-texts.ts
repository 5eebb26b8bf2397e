/** What the dialogue of `offhook new` says and understands, in the languages that are understood without a model. */
export interface Texts {
  /** {name} is the app's. */
  greeting: string;
  question: string;
  /** What callers say, three ways each. */
  wantsAppointment: readonly [string, string, string];
  asksHours: readonly [string, string, string];
  wantsToEnd: readonly [string, string, string];
  hours: string;
  askDay: string;
  /** `{{ day }}` is the slot. */
  readBack: string;
  done: string;
  goodbye: string;
  /** What the callers of the test say. */
  tomorrow: string;
  yes: string;
}

const english: Texts = {
  greeting: 'Hello, this is {name}.',
  question: 'Would you like an appointment, or to know when we are open?',
  wantsAppointment: ['I would like an appointment', 'an appointment please', 'can I come by'],
  asksHours: ['when are you open', 'your opening hours', 'until when are you open'],
  wantsToEnd: ['goodbye', 'that is all', 'never mind'],
  hours: 'We are open from nine to five on working days.',
  askDay: 'For which day?',
  readBack: 'An appointment on {{ day }}. Is that right?',
  done: 'See you then. Goodbye.',
  goodbye: 'Thank you for calling. Goodbye.',
  tomorrow: 'tomorrow',
  yes: 'yes',
};

const LANGUAGES: Readonly<Record<string, Texts>> = {
  en: english,
  de: {
    greeting: 'Guten Tag, hier ist {name}.',
    question: 'Möchten Sie einen Termin, oder wissen, wann wir geöffnet haben?',
    wantsAppointment: ['ich möchte einen Termin', 'einen Termin bitte', 'kann ich vorbeikommen'],
    asksHours: ['wann haben Sie geöffnet', 'Ihre Öffnungszeiten', 'bis wann haben Sie offen'],
    wantsToEnd: ['auf Wiederhören', 'das ist alles', 'hat sich erledigt'],
    hours: 'Wir haben an Werktagen von neun bis fünf geöffnet.',
    askDay: 'Für welchen Tag?',
    readBack: 'Ein Termin für {{ day }}. Ist das richtig?',
    done: 'Bis dann. Auf Wiederhören.',
    goodbye: 'Danke für Ihren Anruf. Auf Wiederhören.',
    tomorrow: 'morgen',
    yes: 'ja',
  },
  es: {
    greeting: 'Buenos días, le atiende {name}.',
    question: '¿Desea una cita, o saber cuándo abrimos?',
    wantsAppointment: ['quisiera una cita', 'una cita por favor', 'puedo pasar por ahí'],
    asksHours: ['cuándo abren', 'su horario', 'hasta qué hora abren'],
    wantsToEnd: ['adiós', 'eso es todo', 'déjelo'],
    hours: 'Abrimos de nueve a cinco los días laborables.',
    askDay: '¿Para qué día?',
    readBack: 'Una cita para {{ day }}. ¿Es correcto?',
    done: 'Hasta entonces. Adiós.',
    goodbye: 'Gracias por llamar. Adiós.',
    tomorrow: 'mañana',
    yes: 'sí',
  },
  fr: {
    greeting: 'Bonjour, ici {name}.',
    question: 'Souhaitez-vous un rendez-vous, ou connaître nos horaires ?',
    wantsAppointment: ['je voudrais un rendez-vous', 'un rendez-vous s’il vous plaît', 'puis-je passer'],
    asksHours: ['quand êtes-vous ouverts', 'vos horaires', 'jusqu’à quelle heure êtes-vous ouverts'],
    wantsToEnd: ['au revoir', 'c’est tout', 'laissez tomber'],
    hours: 'Nous sommes ouverts de neuf heures à dix-sept heures en semaine.',
    askDay: 'Pour quel jour ?',
    readBack: 'Un rendez-vous pour {{ day }}. Est-ce exact ?',
    done: 'À bientôt. Au revoir.',
    goodbye: 'Merci de votre appel. Au revoir.',
    tomorrow: 'demain',
    yes: 'oui',
  },
  cs: {
    greeting: 'Dobrý den, tady {name}.',
    question: 'Přejete si termín, nebo chcete vědět, kdy máme otevřeno?',
    wantsAppointment: ['chci termín', 'termín prosím', 'můžu se zastavit'],
    asksHours: ['kdy máte otevřeno', 'otevírací doba', 'do kdy máte otevřeno'],
    wantsToEnd: ['na shledanou', 'to je všechno', 'nechte to být'],
    hours: 'Máme otevřeno v pracovní dny od devíti do pěti.',
    askDay: 'Na který den?',
    readBack: 'Termín: {{ day }}. Je to tak?',
    done: 'Těšíme se. Na shledanou.',
    goodbye: 'Děkujeme za zavolání. Na shledanou.',
    tomorrow: 'zítra',
    yes: 'ano',
  },
};

/** The texts of a locale's language; English, and `translated` false, where there are none. */
export function textsFor(locale: string): { texts: Texts; translated: boolean } {
  const texts = LANGUAGES[new Intl.Locale(locale).language];
  return { texts: texts ?? english, translated: texts !== undefined };
}
