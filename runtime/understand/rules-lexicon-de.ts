import type { Lexicon } from './rules-lexicon.ts';

export const german: Lexicon = {
  expand: [
    [/\bgeht's\b/g, 'geht es'],
    [/\b(hab|wär|möcht|hätt|würd)'/g, '$1e '],
    [/\bne\b(?=\s+\w)/g, 'eine'],
    [/\b(\p{L}+)'s\b/gu, '$1 es'],
  ],
  fillers:
    'bitte, bitte schön, äh, ähm, hm, hmm, also, na, tja, ja also, danke, danke schön, vielen dank, hallo, guten tag, guten morgen, guten abend, grüß gott, servus, moin, mal, einfach, eigentlich, vielleicht, gerne, gern, entschuldigung, halt, eben, denn, doch, dann, jetzt, noch, mein name ist, moment, moment mal, einen moment, augenblick, ich rufe an wegen, es geht um',
  stop: 'ich, mich, mir, mein, meine, meinen, wir, uns, unser, sie, ihr, ihre, ihnen, ihren, du, dich, es, er, der, die, das, den, dem, des, ein, eine, einen, einem, einer, ist, sind, bin, war, sein, zu, zum, zur, von, vom, für, in, im, an, am, auf, bei, mit, aus, über, und, oder, wird, werden, würde, würden, könnte, könnten, kann, können, soll, sollte, darf, dürfte, da, hier, habe, haben, hat, hätte, hätten, als, wenn, um, uhr, auch, sehr, so, bitte, etwas, man, dass, dieser, diese, dieses, diesen, diesem, jener, alle, alles, allen, jeder, jede, jedes, mehr, nur, schon, immer, gar, ganz, dort, wieder, nach, vor, seit, bis, beim, ins, ans, ihm, ihn, sich, euch, unsere, unseren, unserem, unserer, euer, seine, seinen, dein, deine, meinem, meiner, meines, worden, wurde, wurden, geworden, gewesen, waren, hatte, hatten, muss, müssen, musste, sollen, wollte, wollten, dürfen, konnte, kannst, hast, bist, seid, damit, dafür, dazu, davon, darum, deshalb, trotzdem, also, ob, weil, denn, bisschen, paar, beide, andere, anderen, anderer, anderes, eigenen, selbst, hin, her, raus, rein, ab, los, durch, gegen, unter, zwischen, während',
  light:
    'was, wann, wo, wer, warum, wie, welche, welcher, welches, will, wollen, möchte, möchten, brauche, brauchen, geben, gibt, gehen, machen, nehmen, kommen, wissen, sagen, fragen, reden, sprechen, sehen, rufe, anrufen, zeit, viel, viele, mehr, gut, heute, morgen, abend, nachmittag, tag, woche, leute, personen, wünsche, hätte gern, frage, fragen, freunde, familie, geht, ging, gehe, machst, macht, mache, gemacht, lassen, lass, bekomme, bekommen, bekam, kriege, kriegen, suche, finde, finden, weiß, glaube, denke, heißt, lange, längst, ewig, gestern, morgens, abends, montag, dienstag, mittwoch, donnerstag, freitag, samstag, sonntag, wochenende, monat, jahr, nächste, nächsten, nächster, letzte, letzten, hier, bald, kommt, kam, komme, jemand, jemanden, jemandem, wegen',
  negators:
    'nicht, kein, keine, keinen, keinem, keiner, nie, niemals, ohne, nichts, statt, anstatt, geht nicht um, ging nicht um, handelt sich nicht um',
  denying:
    'kein, keine, keinen, keinem, keiner, ohne, statt, anstatt, geht nicht um, ging nicht um, handelt sich nicht um',
  wishes: 'will, wollen, möchte, möchten, brauche, brauchen, um, wegen',
  opens: '',
  able: 'kann, können, konnte, konnten, könnte',
  unable: 'kann nicht, können nicht, konnte nicht',
  clauses: 'aber, sondern, weil, ich, wir, kann, könnte, bitte, nur',
  articles: 'ein, eine, einen, der, die, das, den, es',
  yes: 'ja, jawohl, jep, jo, jup, ok, okay, klar, na klar, alles klar, sicher, natürlich, selbstverständlich, genau, richtig, korrekt, stimmt, das stimmt, das ist richtig, das passt, passt, gern, gerne, ja gern, ja gerne, gut, sehr gut, in ordnung, perfekt, prima, super, wunderbar, einverstanden, auf jeden fall, auf alle fälle, unbedingt, absolut, bestimmt, mhm, genau so, mach das, machen sie das, machen wir so, warum nicht, kein problem, ich komme, wir kommen, am apparat, das bin ich, ich denke schon, ich glaube schon, wäre schön, das wäre schön',
  no: 'nein, nee, ne, nö, nein danke, auf keinen fall, keinesfalls, keineswegs, niemals, lieber nicht, eher nicht, besser nicht, nicht wirklich, gar nicht, überhaupt nicht, jetzt nicht, heute nicht, falsch, das ist falsch, das stimmt nicht, stimmt nicht, nicht richtig, das ist nicht richtig, das passt nicht, passt nicht, das passt mir nicht, passt mir nicht, geht nicht, ich will nicht, ich möchte nicht, ich kann nicht, wir können nicht, ich komme nicht, wir kommen nicht, ich glaube nicht, ich denke nicht, kein interesse, leider nicht, natürlich nicht',
  unsure:
    'ich weiß nicht, weiß nicht, nicht sicher, bin nicht sicher, vielleicht, eventuell, kommt darauf an, keine ahnung, mal sehen, ich verstehe nicht, nicht verstanden, ich höre sie nicht, wer ist da',
  numbers: {
    hundert: 100,
    tausend: 1000,
    null: 0,
    eins: 1,
    zwei: 2,
    zwo: 2,
    drei: 3,
    vier: 4,
    fünf: 5,
    sechs: 6,
    sieben: 7,
    acht: 8,
    neun: 9,
    zehn: 10,
    elf: 11,
    zwölf: 12,
    dreizehn: 13,
    vierzehn: 14,
    fünfzehn: 15,
    sechzehn: 16,
    siebzehn: 17,
    achtzehn: 18,
    neunzehn: 19,
    zwanzig: 20,
    einundzwanzig: 21,
    zweiundzwanzig: 22,
    dreißig: 30,
    vierzig: 40,
    fünfzig: 50,
    sechzig: 60,
    siebzig: 70,
    achtzig: 80,
    neunzig: 90,
  },
  loneNumbers: { ein: 1, eine: 1, einen: 1, einer: 1 },
  keys: 'drücke, drücken, taste, nummer, zahl, ziffer, option, wähle, nehme, ich nehme, ich wähle, die, das ist',
  concepts: {
    book: 'reservieren, reservierung, reserviere, buchen, buchung, buche, tischreservierung, vorbestellen',
    buy: 'kaufen, bestellen, bestellung, kauf',
    bye: 'tschüss, auf wiedersehen, auf wiederhören, wiederhören, das war alles, das wars, das war es, das ist alles, sonst nichts, nichts weiter, nichts mehr, keine weiteren fragen, keine fragen mehr, auflegen, ciao, schönen tag noch',
    callback: 'zurückrufen, rückruf, rufen sie mich zurück, rufen sie mich an',
    cancel:
      'absagen, stornieren, storno, stornierung, abbestellen, absage, kann nicht kommen, können nicht kommen, kündigen, kündigung, gekündigt, widerrufen, widerruf, streichen, nicht kommen, nicht zu dem termin',
    change: 'ändern, änderung, verschieben, umbuchen, verlegen, umbuchung, andere zeit',
    deliver: 'liefern, lieferung, versand, paket, zustellung, sendung',
    food: 'speisekarte, karte, speisen, gerichte, gericht, essen, menü, küche, tageskarte, tagesgericht',
    help: 'hilfe, helfen, unterstützung, support',
    hours:
      'geöffnet, offen, öffnungszeiten, öffnen, schließen, auf, geschlossen, zu, bis wann, wie lange, haben sie offen, haben sie auf, aufmachen, zumachen',
    later: 'später, ein andermal, ein anderes mal, keine zeit',
    pay: 'bezahlen, zahlen, zahlung, bezahlung',
    person:
      'mensch, menschen, person, mitarbeiter, mitarbeiterin, kollegen, berater, chef, vermittlung, zentrale, ansprechpartner, echten menschen, kundenberater, mit jemandem, jemand, jemanden, jemandem',
    price: 'preis, preise, kosten, kostet, wie viel, wieviel, was kostet, teuer, gebühr, tarif',
    problem:
      'problem, beschwerde, beschweren, kaputt, störung, defekt, funktioniert nicht, geht nicht, reklamation, reklamieren',
    repeat:
      'wiederholen, wiederholung, noch einmal, nochmal, noch mal, wie bitte, nicht verstanden, nicht gehört, was haben sie gesagt, sagen sie das noch einmal, =bitte, =was, =hä, =wie',
    restart:
      'von vorne, von vorn, neu anfangen, neustart, von anfang an, zurück zum anfang, hauptmenü, noch einmal von vorne',
    table: 'tisch, tische, platz, plätze',
    bill: 'rechnung, rechnungen',
    refund: 'erstattung, erstatten, erstattet, rückerstattung, geld zurück, gutschrift',
    relocate: 'umgezogen, umziehen, umzug, ziehe um, ziehen um',
    lose: 'verloren, verlieren, verlust, gestohlen, geklaut, verschwunden, weggekommen',
    login: 'einloggen, login, anmelden, eingeloggt, passwort, kennwort',
    return:
      'zurückschicken, zurückgeschickt, zurücksenden, zurück senden, zurück schicken, zurückgeben, rücksendung, retoure, retournieren, umtauschen, umtausch, schicke es zurück, schicke sie zurück, schicke das zurück, schicke ich zurück',
    child: 'kind, kinder, sohn, tochter, baby',
    phone: 'telefon, handy, smartphone',
    mail: 'mail, email, e mail',
    money: 'geld, bargeld',
    medicine: 'medikament, medikamente, tabletten, medizin, arznei',
    doctor: 'arzt, ärztin, doktor',
    car: 'auto, wagen, fahrzeug, pkw',
    film: 'film, filme, vorstellung',
    appointment: 'termin, termine',
    contract: 'vertrag, abo, abonnement, mitgliedschaft',
    where: 'wo, anfahrt, lage, standort, wie komme ich, parken, parkplatz, straße, ihre adresse, die adresse',
  },
  telling:
    'anrufer, kunde, gast, fragt, möchte, will, sagt, nach, dem, der, die, das, den, ein, eine, einen, um, zu, über, und, oder, etwas, anderes, hat, ist, mit, jemandem, sprechen, wünscht, braucht, fragen, wissen',
  agrees: 'ja, stimmt zu, bestätigt, einverstanden, nimmt an, sagt ja, kommt',
  refuses: 'nein, lehnt ab, verneint, sagt nein, will nicht, möchte nicht, kommt nicht',
  stem: (word) => {
    const bare = word.length > 6 && word.startsWith('ge') && word.endsWith('t') ? word.slice(2) : word;
    return bare.length > 4 ? bare.replace(/(?:ungen|ung|en|em|er|es|st|e|n|s|t)$/, '') : bare;
  },
};
