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
  yes: 'ja, jawohl, jep, jo, jup, ok, okay, klar, na klar, alles klar, sicher, natürlich, selbstverständlich, genau, richtig, korrekt, stimmt, das stimmt, das ist richtig, das passt, passt, gern, gerne, ja gern, ja gerne, gut, sehr gut, in ordnung, perfekt, prima, super, wunderbar, einverstanden, auf jeden fall, auf alle fälle, unbedingt, absolut, bestimmt, mhm, genau so, mach das, machen sie das, machen wir so, warum nicht, kein problem, ich komme, wir kommen, am apparat, das bin ich, ich denke schon, ich glaube schon, wäre schön, das wäre schön, ja klar, ja bitte, ja genau, ja stimmt, ja natürlich, aber ja, aber sicher, aber klar, freilich, gewiss, allerdings, doch, jawoll, yes, logisch, logo, so ist es, das ist korrekt, ist richtig, ist korrekt, das kommt hin, kommt hin, haut hin, das haut hin, einwandfrei, bestens, ausgezeichnet, hervorragend, klingt gut, das klingt gut, hört sich gut an, geht klar, das geht, das geht klar, ist gut, ist recht, mir recht, das ist mir recht, meinetwegen, von mir aus, abgemacht, gebongt, gerne doch, sehr gerne, sehr gern, mit vergnügen, bin dabei, ich bin dabei, wir sind dabei, nehme ich, das nehme ich, machen wir, mache ich, ich denke ja, ich glaube ja, glaube schon, denke schon, spricht nichts dagegen, das bin ich selbst',
  no: 'nein, nee, ne, nö, nein danke, auf keinen fall, keinesfalls, keineswegs, niemals, lieber nicht, eher nicht, besser nicht, nicht wirklich, gar nicht, überhaupt nicht, jetzt nicht, heute nicht, falsch, das ist falsch, das stimmt nicht, stimmt nicht, nicht richtig, das ist nicht richtig, das passt nicht, passt nicht, das passt mir nicht, passt mir nicht, geht nicht, ich will nicht, ich möchte nicht, ich kann nicht, wir können nicht, ich komme nicht, wir kommen nicht, ich glaube nicht, ich denke nicht, kein interesse, leider nicht, natürlich nicht, nein nein, nein leider nicht, nein das nicht, nein auf keinen fall, nein eigentlich nicht, nein wirklich nicht, nichts davon, unter keinen umständen, mitnichten, von wegen, nie, nie im leben, bloß nicht, bitte nicht, nicht jetzt, nicht heute, noch nicht, diesmal nicht, dieses mal nicht, nicht ganz, nicht unbedingt, nicht so richtig, eigentlich nicht, wohl nicht, wahrscheinlich nicht, vermutlich nicht, sicher nicht, bestimmt nicht, ganz sicher nicht, ganz bestimmt nicht, definitiv nicht, absolut nicht, nicht nötig, das ist nicht nötig, nicht korrekt, das ist nicht korrekt, inkorrekt, das ist es nicht, das ist nicht wahr, nicht wahr=, unwahr, verkehrt, das ist verkehrt, das geht nicht, geht leider nicht, das geht leider nicht, das geht bei mir nicht, das klappt nicht, klappt nicht, klappt leider nicht, das wird nichts, wird nichts, das will ich nicht, das möchte ich nicht, will ich nicht, möchte ich nicht, das wollen wir nicht, wir wollen nicht, wir möchten nicht, das kann ich nicht, kann ich nicht, kann leider nicht, das mache ich nicht, mache ich nicht, ich werde nicht, wir werden nicht, werde ich nicht, ich bin es nicht, bin ich nicht, habe ich nicht, hab ich nicht, glaube ich nicht, denke ich nicht, glaube nicht, denke nicht, wohl kaum, kaum, keine chance, keine lust, ich verzichte, verzichte, passe, vergessen sie es, vergiss es, lassen sie es, lassen wir es, lass gut sein, lassen sie mal, lass mal, danke nein, danke nicht, falsch verbunden, falsche nummer, sie haben sich verwählt, kein bedarf, interessiert mich nicht, bin nicht interessiert, nicht interessiert, da muss ich ablehnen, ich lehne ab, lehne ich ab, eher weniger, schlecht, das ist schlecht, ist nicht gut, nicht gut',
  unsure:
    'ich weiß nicht, weiß nicht, nicht sicher, bin nicht sicher, vielleicht, eventuell, kommt darauf an, keine ahnung, mal sehen, ich verstehe nicht, nicht verstanden, ich höre sie nicht, wer ist da, ich bin nicht sicher, ich bin mir nicht sicher, bin mir nicht sicher, ich weiß es nicht, weiß ich nicht, weiß ich noch nicht, schwer zu sagen, mal schauen, muss ich überlegen, ich muss überlegen, ich überlege noch, kann sein, möglich, vielleicht ja vielleicht nein, was meinen sie, ich habe sie nicht verstanden, ich kann sie nicht hören, hallo wer ist da, jein, wer spricht da',
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
    book: 'reservieren, reservierung, reserviere, buchen, buchung, buche, tischreservierung, vorbestellen, reserviert, gebucht, vereinbaren, vereinbare, ausmachen, machen wir einen termin, platz sichern, eintragen, vormerken, vorbestellt, anmelden für, buchungen, reservierungen, frei, freie, freies, noch was frei, etwas frei, belegt',
    buy: 'kaufen, bestellen, bestellung, kauf, bestelle, kaufe, erwerben, besorgen, ordern, anschaffen, zulegen',
    bye: 'tschüss, auf wiedersehen, auf wiederhören, wiederhören, das war alles, das wars, das war es, das ist alles, sonst nichts, nichts weiter, nichts mehr, keine weiteren fragen, keine fragen mehr, auflegen, ciao, schönen tag noch, das reicht mir, mehr brauche ich nicht, das war schon alles, dann war es das, alles erledigt, schönen abend noch, schönes wochenende, bis dann, bis bald, mach es gut, wars das',
    callback:
      'zurückrufen, rückruf, rufen sie mich zurück, rufen sie mich an, zurückgerufen, melden sie sich, ruft mich zurück, rufen sie zurück, bitte um rückruf, wieder anrufen',
    cancel:
      'absagen, stornieren, storno, stornierung, abbestellen, absage, kann nicht kommen, können nicht kommen, kündigen, kündigung, gekündigt, widerrufen, widerruf, streichen, nicht kommen, nicht zu dem termin, stornieren sie, abzusagen, abgesagt, storniert, absagen muss, muss absagen, nicht mehr kommen, schaffe es nicht, schaffen es nicht, bin verhindert, verhindert, rückgängig machen, rückgängig, brauche ich nicht mehr, brauchen wir nicht mehr, austragen, auflösen, abmelden, beenden, aus dem vertrag, zurücktreten, nicht da sein, doch nicht kommen, kommen doch nicht, abbrechen, platzen lassen, nicht wahrnehmen, nicht schaffen, raus aus, nicht verlängern, aufhören, schließen lassen',
    change:
      'ändern, änderung, verschieben, umbuchen, verlegen, umbuchung, andere zeit, verschoben, geändert, abändern, umlegen, vorverlegen, nach hinten schieben, tauschen, wechseln, anderer tag, anderen tag, andere uhrzeit, anderen termin, neuen termin, umstellen, aktualisieren, korrigieren, später anreisen, früher, stattdessen, einen anderen, vertan, im datum geirrt, upgraden, anderer tarif, etwas anderes, ersetzen',
    deliver:
      'liefern, lieferung, versand, paket, zustellung, sendung, geliefert, pakete, bote, kurier, lieferstatus, sendungsverfolgung, verschickt, versendet, zusteller, nicht angekommen, noch nicht da, kommt nicht an, wo bleibt, wann kommt mein, wann kommt meine',
    food: 'speisekarte, karte, speisen, gerichte, gericht, essen, menü, küche, tageskarte, tagesgericht, mittagstisch, mittagessen, abendessen, kochen, getränke, weinkarte, zu essen, angebot des tages, nachtisch, frühstück, frühstücken, abendbrot, buffet, halbpension',
    help: 'hilfe, helfen, unterstützung, support, helfen sie mir, hilfestellung, beratung, beraten, rat, unterstützen, komme nicht weiter, weiß nicht wie, komme nicht klar',
    hours:
      'geöffnet, offen, öffnungszeiten, öffnen, schließen, auf, geschlossen, zu, bis wann, wie lange, haben sie offen, haben sie auf, aufmachen, zumachen, öffnet, schließt, aufhaben, auf haben, zu haben, geschäftszeiten, sprechzeiten, sprechstunde, sprechstunden, ab wann, wie lang, feierabend, ladenschluss, macht ihr auf, macht ihr zu, machen sie auf, machen sie zu, wann sind sie da, vorbeikommen, pause, mittagspause, ferien, macht ihr, feiertags, an feiertagen, haben sie samstags',
    later:
      'später, ein andermal, ein anderes mal, keine zeit, gerade schlecht, passt gerade nicht, ungünstig, bin unterwegs, im auto, in einer besprechung, keine zeit gerade, gerade keine zeit',
    pay: 'bezahlen, zahlen, zahlung, bezahlung, raten, ratenzahlung, überweisen, überweisung, kreditkarte, begleichen, schulde, bezahlt, lastschrift, bankeinzug, abbuchen, zahlungsaufschub, ratenplan',
    person:
      'mensch, menschen, person, mitarbeiter, mitarbeiterin, kollegen, berater, chef, vermittlung, zentrale, ansprechpartner, echten menschen, kundenberater, mit jemandem, jemand, jemanden, jemandem, echte person, echten person, richtigen menschen, lebenden menschen, mit einem menschen, mit einem mitarbeiter, kundenservice, kundendienst, sachbearbeiter, sachbearbeiterin, chefin, leiter, geschäftsführer, rezeption, empfang, sekretariat, verbinden sie mich, durchstellen, stellen sie mich durch, kollege, kollegin, beraterin, irgendwen, irgendjemanden, filialleiter, fleisch und blut, verbinden, verbinde, geben sie mir, lebendigen, echter mensch',
    price:
      'preis, preise, kosten, kostet, wie viel, wieviel, was kostet, teuer, gebühr, tarif, preisliste, gebühren, tarife, kostenvoranschlag, angebot machen, was macht das, was kommt das, was nehmen sie, wie teuer, günstig, billig, eintrittspreis, eintritt kostet, was zahle ich, was bezahle ich, stundensatz, pro stunde, wie viel nehmen, was nehmen, honorar',
    problem:
      'problem, beschwerde, beschweren, kaputt, störung, defekt, funktioniert nicht, geht nicht, reklamation, reklamieren, beanstanden, beanstandung, ärger, unzufrieden, mangel, mängel, fehler, ausgefallen, ausfall, streikt, geht nicht mehr, läuft nicht, funktioniert nicht mehr, tut nicht, beschädigt, zerbrochen, tropft, undicht, klappt nicht, probleme, beschweren sie sich, schlecht behandelt, gerissen, abgebrochen, gebrochen, hakt, springt nicht an, spinnt, quietscht, leer, lose, geht nicht an, platt, verliert luft, achter',
    repeat:
      'wiederholen, wiederholung, noch einmal, nochmal, noch mal, wie bitte, nicht verstanden, nicht gehört, was haben sie gesagt, sagen sie das noch einmal, =bitte, =was, =hä, =wie, wiederholen sie, nochmals, noch ein mal, was war das, akustisch, lauter, deutlicher, habe ich nicht mitbekommen, habe ich nicht verstanden, was sagten sie, was meinten sie',
    restart:
      'von vorne, von vorn, neu anfangen, neustart, von anfang an, zurück zum anfang, hauptmenü, noch einmal von vorne, von neuem, noch mal von vorne, zum anfang, zurück ins hauptmenü',
    table: 'tisch, tische, platz, plätze, sitzplatz, sitzplätze, tischchen',
    bill: 'rechnung, rechnungen, quittung, beleg, abrechnung, rechnungsbetrag, zu viel berechnet, abgebucht, berechnet, verrechnet, zu viel gezahlt, doppelt bezahlt',
    refund:
      'erstattung, erstatten, erstattet, rückerstattung, geld zurück, gutschrift, mein geld, geld wieder, zurückerstatten, zurückzahlen, zurückbekommen, entschädigung, zurückerstattet, geld zurückbekommen, wiederbekommen',
    relocate: 'umgezogen, umziehen, umzug, ziehe um, ziehen um, adresse geändert, wohne jetzt',
    lose: 'verloren, verlieren, verlust, gestohlen, geklaut, verschwunden, weggekommen, verlegt, liegen gelassen, liegen lassen, fundsachen, fundbüro, abhanden, stehlen, vergessen, vergaß, vermisse, vermissen, weg, liegenlassen, liegt noch, gefunden',
    login:
      'einloggen, login, anmelden, eingeloggt, passwort, kennwort, einzuloggen, zugang, zugangsdaten, benutzername, ausgesperrt, gesperrt, komme nicht rein, komme nicht in mein konto',
    return:
      'zurückschicken, zurückgeschickt, zurücksenden, zurück senden, zurück schicken, zurückgeben, rücksendung, retoure, retournieren, umtauschen, umtausch, schicke es zurück, schicke sie zurück, schicke das zurück, schicke ich zurück, rückgabe, zurückbringen, wieder zurückgeben, reklamation zurück, tausche, austauschen',
    child: 'kind, kinder, sohn, tochter, baby, kleinkind, kindern, säugling, teenager, kids',
    phone: 'telefon, handy, smartphone, mobiltelefon, iphone, apparat',
    mail: 'mail, email, e mail',
    money: 'geld, bargeld',
    medicine:
      'medikament, medikamente, tabletten, medizin, arznei, rezept, rezepte, tablette, pillen, salbe, tropfen, arzneimittel, schmerzmittel, mittel gegen, wurmkur, antibiotikum, creme',
    doctor: 'arzt, ärztin, doktor, ärzte, hausarzt, zahnarzt, praxis',
    car: 'auto, wagen, fahrzeug, pkw',
    film: 'film, filme, vorstellung',
    appointment:
      'termin, termine, untersuchung, beratungstermin, vorsorge, behandlung, arzttermin, zeit haben sie, vorbeikommen zu einem',
    contract: 'vertrag, abo, abonnement, mitgliedschaft, verträge, laufzeit, tarifvertrag',
    where:
      'wo, anfahrt, lage, standort, wie komme ich, parken, parkplatz, straße, ihre adresse, die adresse, wo sind sie, wo finde ich, hinkommen, hinfinden, weg zu ihnen, wegbeschreibung, nächste filiale, in der nähe, postleitzahl, haltestelle, abstellen, parkplätze, tiefgarage, parkhaus, wie weit, bahnhof, entfernt, flughafen',
    diet: 'vegetarisch, vegan, gluten, glutenfrei, allergie, allergien, allergisch, laktose, laktosefrei, unverträglichkeit, halal, koscher',
    pet: 'hund, hunde, hunden, katze, katzen, haustier, haustiere, tier, tiere, welpe',
    outside: 'terrasse, draußen, im freien, garten, balkon, außenbereich, meerblick, aussicht',
    internet: 'internet, wlan, netz, verbindung, router, anschluss',
    repair:
      'reparieren, reparatur, repariert, monteur, techniker, handwerker, mechaniker, werkstatt, instand setzen',
    register:
      'registrieren, registrierung, einschreiben, mitglied werden, beitreten, neukunde, neuanmeldung, mitglied, neu hier, anmeldung, eintreten, beitritt, beantragen, antrag, anmelden lassen, eintragen lassen',
    discount:
      'rabatt, rabatte, gutschein, gutscheine, ermäßigung, ermäßigt, sonderangebot, aktion, nachlass, studentenrabatt, vergünstigung, ermäßigungen',
    urgent:
      'dringend, eilig, notfall, sofort, so schnell wie möglich, schnellstmöglich, eilt, gleich heute, auf der stelle',
    status:
      'status, stand der dinge, bearbeitungsstand, wie weit, wie weit sind sie, was macht mein, gibt es was neues, neuigkeiten, wie sieht es aus',
    results: 'ergebnis, ergebnisse, befund, befunde, laborwerte, testergebnis',
    job: 'job, jobs, arbeitsstelle, bewerben, bewerbung, stellenangebot, arbeiten bei ihnen, stelle, stellen, ausbildung, ausbildungsplatz, praktikum, suchen sie',
    ticket: 'ticket, tickets, eintrittskarte, eintrittskarten, fahrkarte, fahrkarten, eintritt',
    course: 'kurs, kurse, unterricht, stunde nehmen, schulung, lehrgang, seminar',
    room: 'zimmer, unterkunft, suite, doppelzimmer, einzelzimmer, appartement, ferienwohnung, bleibe',
    collect: 'abholen, abhole, abgeholt, holen, hole, abholung, mitnehmen, abzuholen',
    ready:
      'fertig, fertiggestellt, erledigt, abholbereit, bereit, abgeschlossen, fertig geworden, durch mit, so weit',
    wait: 'wie lange noch, dauert, dauern, gedauert, warte, warten, wartezeit',
    rent: 'leihen, ausleihen, verleih, verleihen, mieten, miete, vermieten, leihe, ausgeliehen, ausleihe, mietwagen, leihgebühr',
    extend: 'verlängern, verlängerung, verlängere, verlängert, länger, länger behalten',
    pain: 'schmerz, schmerzen, weh, tut weh, tun weh, wehtun, schmerzt, bauchschmerzen, kopfschmerzen, zahnschmerzen',
    sick: 'krank, kranke, krankes, fieber, übel, erbricht, erbrechen, gebrochen hat, grippe, husten, unwohl, nicht wohl',
    injured:
      'verletzt, verletzung, blutet, bluten, wunde, humpelt, hinkt, geschwollen, angefahren, schnittwunde',
    stay: 'übernachten, übernachtung, übernachtungen, nacht, nächte, nächten, aufenthalt, bleiben',
    arrive: 'anreise, anreisen, ankunft, ankommen, einchecken, check in, hinkommen, eintreffen, kommen an',
    vaccinate: 'impfung, impfungen, impfen, geimpft, spritze, auffrischung, impfstoff',
    leisure: 'pool, schwimmbad, sauna, fitnessraum, wellness, whirlpool, hallenbad, fitness',
    document:
      'unterlagen, dokument, dokumente, papiere, formular, formulare, bescheinigung, nachweis, zeugnis, bestätigung, zertifikat, attest',
    clean: 'reinigen, reinigung, putzen, sauber, säubern, waschen, wäsche, dreckig, schmutzig',
    insurance: 'versicherung, versichert, krankenkasse, kasse, versicherungen, police, haftpflicht',
    fine: 'mahnung, mahngebühr, strafe, säumnisgebühr, bußgeld, überfällig, mahnungen',
    card: 'karte verloren, ausweis, karten, chipkarte, kundenkarte',
    account: 'konto, konten',
    send: 'schicken, schicke, zuschicken, zusenden, senden, nachschicken, nachsenden',
    tow: 'abschleppen, abschleppdienst, pannendienst, liegen geblieben, panne, pannenhilfe',
    tyre: 'reifen, winterreifen, sommerreifen, platten, plattfuß, schlauch, rad wechseln',
    engine:
      'motor, bremse, bremsen, batterie, kupplung, getriebe, auspuff, gangschaltung, gänge, kontrollleuchte, schaltung',
    inspect: 'inspektion, durchsicht, wartung, tüv, hauptuntersuchung, durchchecken, service machen, check',
    tooth: 'zahn, zähne, backenzahn, weisheitszahn, plombe, füllung, krone, zahnfleisch, kiefer',
    hair: 'haare, haar, haarschnitt, schneiden, frisur, pony, spitzen schneiden, föhnen',
    colour: 'farbe, färben, strähnen, tönung, blond, haarfarbe',
    used: 'gebraucht, gebrauchte, gebrauchtes, gebrauchten, second hand',
    delay: 'verspätung, verspäte, verspäten, komme zu spät, kommen zu spät, verzögerung',
    reading: 'buch, bücher, roman, romane, hörbuch, hörbücher, krimi, titel, lesen, medien',
    stock: 'vorrätig, auf lager, im regal, lieferbar, verfügbar, im sortiment',
    bike: 'fahrrad, fahrräder, rad, räder, e bike, pedelec, mountainbike, ebike',
    learn: 'lernen, lehrer, lehrerin, studieren, unterrichten',
    exam: 'prüfung, prüfungen, klausur, noten, note',
    takeaway: 'zum mitnehmen, abholen lassen, außer haus',
    noise: 'lärm, laut, geräusch, geräusche, krach',
    expire: 'abgelaufen, läuft ab, ablaufen, laufen ab, fällig, aus sind, geht zu ende, gehen zu ende',
    accept: 'akzeptieren, nehmen sie an, annehmen',
    celebrate: 'geburtstag, feier, feiern, hochzeit, jubiläum, party',
    group: 'gruppe, gruppen, reisegruppe',
    try: 'probe fahren, probefahrt, ausprobieren, testen, anprobieren',
    travel: 'zug, züge, bus, taxi, flug, flugzeug, hotel, bahn',
    dining: 'pizza, restaurant, brot, kuchen, kaffee, lokal',
    weather: 'wetter, regen, regnet, sonne scheint',
    home: 'wohnung, waschmaschine, spülmaschine, möbel, sofa, fernseher',
    info: 'auskunft, information, informationen, infos, info, prospekt, broschüre, erkundigen, nachfragen',
    confirm: 'bestätigen, bestätigung, bestätige, rückbestätigen',
    wrong: 'falsch, falsche, falsches, falschen, verwechselt, verwechslung, irrtum, vertauscht',
    high: 'zu hoch, hoch, höher, gestiegen, erhöht, erhöhung, zu viel, mehr als sonst, verdoppelt',
    block: 'sperren, sperrung, sperre, einfrieren, pausieren, stilllegen, ruhen lassen',
    activate: 'aktivieren, freischalten, freischaltung, entsperren, aktivierung',
    install:
      'installieren, installation, einrichten, einrichtung, anschließen, montieren, montage, einbauen, aufbauen',
    sell: 'verkaufen, verkauf, verkaufe',
    visit: 'besuchen, besuch, besichtigen, besichtigung, führung, anschauen, ansehen',
    size: 'größe, größer, kleiner, zu klein, zu groß, passt nicht, zu eng',
    gift: 'geschenk, geschenke, geschenkgutschein, verschenken',
    event: 'konzert, konzerte, veranstaltung, veranstaltungen, aufführung, ausstellung, theaterstück, show',
    plumbing:
      'rohr, rohre, wasserhahn, toilette, klo, abfluss, verstopft, spülbecken, klempner, installateur, dusche, rohrbruch',
    heating: 'heizung, heizkessel, heizkörper, warmwasser, warmes wasser, therme, boiler',
    key: 'schlüssel, türschloss, schlüsseldienst, schloss',
    accident: 'unfall, schaden, schäden, schadensmeldung, schadensfall, auffahrunfall, delle, beule',
    loan: 'kredit, kredite, darlehen, hypothek, finanzierung, finanzieren',
    balance: 'kontostand, saldo, guthaben, wie viel geld, restbetrag',
    transfer: 'überweisung, überweisen, geld senden, dauerauftrag',
    fraud: 'betrug, betrüger, verdächtig, gehackt, nicht von mir, phishing',
    absent: 'krankmelden, krank melden, abwesend, fehlt heute, entschuldigen, fehlen, fernbleiben',
    beauty: 'nägel, maniküre, pediküre, massage, gesichtsbehandlung, augenbrauen, wimpern',
    glasses: 'brille, brillen, kontaktlinsen, sehtest, gläser, optiker, brillengestell',
    computer: 'computer, laptop, drucker, bildschirm, software, rechner, tablet, app, webseite, festplatte',
    warranty: 'garantie, gewährleistung, garantiefall',
    part: 'ersatzteil, ersatzteile, ersatz',
    flowers: 'blumen, blume, strauß, blumenstrauß, rosen, kranz, pflanzen',
    accessible: 'rollstuhl, barrierefrei, aufzug, fahrstuhl, behindert, behindertengerecht',
    language: 'englisch, deutsch, spanisch, französisch, dolmetscher, sprache, türkisch',
    water: 'wasser, überschwemmt, ausgelaufen, wasserschaden, tropfen tut',
    donate: 'spende, spenden',
    driving: 'fahrstunde, fahrstunden, führerschein, fahrschule, theorieprüfung',
  },
  telling:
    'anrufer, kunde, gast, fragt, möchte, will, sagt, nach, dem, der, die, das, den, ein, eine, einen, um, zu, über, und, oder, etwas, anderes, hat, ist, mit, jemandem, sprechen, wünscht, braucht, fragen, wissen',
  agrees: 'ja, stimmt zu, bestätigt, einverstanden, nimmt an, sagt ja, kommt',
  refuses: 'nein, lehnt ab, verneint, sagt nein, will nicht, möchte nicht, kommt nicht',
  compounds: true,
  stem(word) {
    // "abgeholt", "abzuholen", "geimpft": what marks the form stands inside or in front.
    const plain = word
      .replace(
        /^(ab|an|auf|aus|ein|her|hin|los|mit|nach|um|vor|weg|zu|zuruck)(?:ge(?=..+(?:t|en)$)|zu(?=..+en$))/,
        '$1',
      )
      .replace(/^ge(?=...+t$)/, '');
    // "kastriert", "Kastration": words from Latin.
    const latin = plain.replace(
      /(?<=....)(?:ier(?:en|ung|ungen|t|te|e)?|ation(?:en)?|atur(?:en)?|ator(?:en)?)$/,
      '',
    );
    if (latin !== plain) return latin;
    return plain.length > 4 ? plain.replace(/(?:ungen|ung|en|em|er|es|st|e|n|s|t)$/, '') : plain;
  },
};
