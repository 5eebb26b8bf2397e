/** The rules were improved on these. */
import type { Corpus } from './corpus.ts';

export const small: readonly Corpus[] = [
  {
    name: 'eine Werkstatt',
    locale: 'de-DE',
    answers: [
      {
        id: 'termin',
        when: 'möchte einen Termin',
        like: ['ich brauche einen Termin', 'mein Auto muss zur Inspektion'],
        keys: '1',
        said: [
          'guten Morgen ich hätte gern einen Termin für nächste Woche',
          'könnte ich einen Termin ausmachen',
          'ich möchte mein Auto zur Inspektion bringen',
        ],
      },
      {
        id: 'fertig',
        when: 'fragt, ob das Auto fertig ist',
        like: ['ist mein Auto fertig', 'wann kann ich den Wagen abholen'],
        keys: '2',
        said: ['ist der Wagen schon fertig', 'kann ich mein Auto heute abholen'],
      },
      {
        id: 'preis',
        when: 'fragt nach dem Preis',
        like: ['was kostet ein Ölwechsel', 'wie teuer ist das'],
        keys: '3',
        said: ['wie viel kostet der Reifenwechsel', 'nennen Sie mir bitte den Preis', 'Taste drei'],
      },
    ],
    none: ['ich brauche keinen Termin', 'wie spät ist es', 'ich bin der Hans'],
  },
  {
    name: 'ein Ja oder Nein',
    locale: 'de-DE',
    answers: [
      {
        id: 'ja',
        when: 'stimmt zu',
        like: ['ja', 'das ist richtig'],
        keys: '1',
        said: ['ja klar', 'genau das stimmt', 'selbstverständlich', 'ja bitte'],
      },
      {
        id: 'nein',
        when: 'lehnt ab',
        like: ['nein', 'das ist falsch'],
        keys: '2',
        said: ['nein leider nicht', 'nee lieber nicht', 'das passt mir nicht'],
      },
    ],
    none: ['keine Ahnung', 'wer spricht da'],
  },
  {
    name: 'ein Friseur',
    locale: 'de-DE',
    answers: [
      {
        id: 'termin',
        when: 'möchte einen Termin',
        like: ['ich möchte einen Termin zum Haareschneiden', 'haben Sie morgen etwas frei'],
        keys: '1',
        said: ['ich brauche einen Termin zum Haare schneiden', 'ist nächste Woche noch ein Termin frei'],
      },
      {
        id: 'absagen',
        when: 'möchte absagen',
        like: ['ich muss meinen Termin absagen', 'ich kann leider nicht kommen'],
        keys: '2',
        said: ['ich würde den Termin gern stornieren', 'ich kann morgen nicht kommen', 'Nummer zwei'],
      },
      {
        id: 'zeiten',
        when: 'fragt nach den Öffnungszeiten',
        like: ['wann haben Sie geöffnet', 'haben Sie samstags auf'],
        keys: '3',
        said: ['bis wann ist heute offen', 'sagen Sie mir bitte die Öffnungszeiten'],
      },
    ],
    none: ['wie heißen Sie', 'das Wetter ist schön'],
  },
  {
    name: 'una tienda',
    locale: 'es-ES',
    answers: [
      {
        id: 'pedido',
        when: 'pregunta por su pedido',
        like: ['dónde está mi pedido', 'mi pedido no ha llegado'],
        keys: '1',
        said: ['hola llamo por mi pedido', 'todavía no ha llegado el pedido', 'la opción uno'],
      },
      {
        id: 'devolver',
        when: 'quiere devolver algo',
        like: ['quiero devolver un producto', 'hacer una devolución'],
        keys: '2',
        said: ['quisiera devolver unos zapatos', 'necesito hacer una devolucion por favor'],
      },
    ],
    none: ['qué hora es', 'no quiero devolver nada'],
  },
  {
    name: 'sí o no',
    locale: 'es-MX',
    answers: [
      {
        id: 'si',
        when: 'acepta',
        like: ['sí', 'está bien'],
        keys: '1',
        said: ['claro que sí', 'sí, por favor', 'perfecto'],
      },
      {
        id: 'no',
        when: 'rechaza',
        like: ['no', 'mejor no'],
        keys: '2',
        said: ['no, gracias', 'de ninguna manera'],
      },
    ],
    none: ['no estoy seguro', 'azul'],
  },
  {
    name: 'un médico y una médica',
    locale: 'es-ES',
    answers: [
      {
        id: 'cita',
        when: 'quiere una cita',
        like: ['quiero pedir una cita', 'necesito ver al médico'],
        keys: '1',
        said: ['buenos días quería una cita para mañana', 'necesito que me vea el médico'],
      },
      {
        id: 'anular',
        when: 'quiere anular una cita',
        like: ['quiero cancelar mi cita', 'no puedo ir a la cita'],
        keys: '2',
        said: ['tengo que anular la cita del lunes', 'dos'],
      },
    ],
    none: ['me llamo Pedro'],
  },
  {
    name: 'une banque',
    locale: 'fr-FR',
    answers: [
      {
        id: 'carte',
        when: 'a perdu sa carte',
        like: ["j'ai perdu ma carte", "on m'a volé ma carte"],
        keys: '1',
        said: ['bonjour je ne retrouve plus ma carte je crois que je l’ai perdue', 'ma carte a été volée'],
      },
      {
        id: 'solde',
        when: 'demande son solde',
        like: ['quel est mon solde', "combien j'ai sur mon compte"],
        keys: '2',
        said: ['je voudrais connaître mon solde', 'le solde de mon compte', 'deux'],
      },
    ],
    none: ['quel âge avez-vous', 'je cherche un restaurant'],
  },
  {
    name: 'lékař',
    locale: 'cs-CZ',
    answers: [
      {
        id: 'objednat',
        when: 'chce se objednat',
        like: ['chtěl bych se objednat', 'potřebuji k doktorovi'],
        keys: '1',
        said: ['dobrý den chtěla bych se objednat na zítra', 'potřeboval bych k panu doktorovi'],
      },
      {
        id: 'recept',
        when: 'potřebuje recept',
        like: ['potřebuji recept na léky', 'došly mi prášky'],
        keys: '2',
        said: ['prosím o nový recept', 'došly mi léky'],
      },
      {
        id: 'vysledky',
        when: 'ptá se na výsledky',
        like: ['máte moje výsledky', 'volám kvůli výsledkům krve'],
        keys: '3',
        said: ['už přišly ty výsledky', 'číslo tři'],
      },
    ],
    none: ['stisknu dvojku', 'nepotřebuju recept', 'kolik je hodin'],
  },
  {
    name: 'ano nebo ne',
    locale: 'cs-CZ',
    answers: [
      {
        id: 'ano',
        when: 'souhlasí',
        like: ['ano', 'to je správně'],
        keys: '1',
        said: ['jo jasně', 'ano to souhlasí'],
      },
      {
        id: 'ne',
        when: 'odmítá',
        like: ['ne', 'to je špatně'],
        keys: '2',
        said: ['ne to nesedí', 'bohužel ne'],
      },
    ],
    none: ['možná', 'fialová'],
  },
];
