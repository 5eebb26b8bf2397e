import { NUMBERS } from './numbers-fr.ts';
import type { Lexicon } from './rules-lexicon.ts';

export const french: Lexicon = {
  expand: [
    [/\baujourd'hui\b/g, 'aujourdhui'],
    [/\bd'accord\b/g, 'daccord'],
    [/\bqu'est[- ]ce qu(?:e\b|')/g, 'que '],
    [/\best[- ]ce qu(?:e\b|')/g, ''],
    [/\b(j|l|d|n|s|c|m|t|qu|jusqu|lorsqu|puisqu)'/g, '$1e '],
    [/\bdu\b/g, 'de le'],
    [/\bau\b/g, 'à le'],
    [/\bchuis\b/g, 'je suis'],
    [/\b(\d+) ?h(?=\s|$)/g, '$1 heures'],
  ],
  fillers:
    'svp, s il vous plaît, se il vous plaît, s il te plaît, euh, heu, hum, ben, bah, alors, bon, donc, merci, merci beaucoup, merci bien, bonjour, bonsoir, salut, allô, excusez moi, pardon monsieur, juste, peut être, en fait, maintenant, aussi, voilà, simplement, je me appelle, mon nom est, attendez, un instant, une seconde, un moment, je vous appelle de',
  stop: 'je, me, moi, mon, ma, mes, nous, notre, nos, vous, votre, vos, tu, te, toi, il, elle, on, ils, le, la, les, un, une, des, de, du, ce, ça, cela, cette, ces, est, sont, suis, être, serait, à, en, dans, pour, par, avec, sur, et, ou, qu, que, qui, si, y, ai, as, a, avons, avez, avoir, ont, peux, peut, pouvez, pouvons, pourrais, pourriez, pourrait, au, aux, se, ne, très, heure, heures, quelque, chose, êtes, sommes, étais, était, étaient, soit, sera, serez, été, ayant, avait, avais, aurait, aviez, auriez, eu, fait, faut, faudrait, doit, dois, devez, peuvent, pu, leur, leurs, eux, lui, son, sa, ses, ton, ta, tes, quelques, tout, toute, tous, toutes, chaque, autre, autres, même, déjà, encore, toujours, trop, mais, donc, car, depuis, pendant, avant, après, chez, vers, entre, sous, contre, jusque, dont, là, ici, aussi, ainsi, lorsque, quand, puisque, parce, comme, assez, plutôt, celui, celle, ceux',
  light:
    'quoi, quand, où, pourquoi, comment, quel, quelle, quels, quelles, veux, voudrais, voudrions, voulons, aimerais, aimerions, souhaite, souhaiterais, besoin, donner, aller, faire, prendre, venir, savoir, dire, demander, parler, voir, appelle, appeler, temps, beaucoup, plus, bien, aujourdhui, demain, soir, matin, jour, semaine, gens, personnes, amis, famille, faut, désire, question, questions, font, fais, faites, prenez, prends, prenne, vient, viens, vienne, venu, vais, va, allez, sait, sais, dit, dites, mois, an, année, hier, lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche, prochain, prochaine, dernier, dernière, possible, reste, cherche, trouve, croire, crois, pense, arrive, arrivé, mettre, mis, midi, après midi',
  negators:
    'pas, jamais, sans, rien, aucun, aucune, ni, au lieu de, plutôt que, ne veux, ne voulons, ne voudrais',
  denying: 'aucun, aucune, sans, ni, au lieu de, plutôt que, ne veux, ne voulons, ne voudrais',
  wishes: 'veux, voudrais, voulons, souhaite, besoin, pour, appelle',
  opens: 'ne',
  able: '',
  unable: 'ne peux pas, ne pouvons pas, ne arrive pas, ne arrive plus, ne peux plus',
  clauses: 'mais, parce, je, nous, est ce, seulement',
  articles: 'un, une, le, la, les, mon, ma',
  yes: 'oui, ouais, ok, okay, daccord, bien sûr, bien entendu, évidemment, certainement, absolument, exactement, exact, tout à fait, cest ça, ce est ça, ce est exact, ce est correct, ce est bien ça, ce est bon, ce est moi, parfait, très bien, bien, entendu, volontiers, avec plaisir, pourquoi pas, pas de problème, pas de souci, ça marche, ça me va, ça me convient, ça va, correct, juste, vrai, ce est vrai, si, mhm, je crois que oui, je pense que oui, lui même, elle même, sans problème, allez y, faites, je viendrai, nous viendrons, je viens, oui merci, effectivement, bien volontiers',
  no: 'non, nan, non merci, pas du tout, absolument pas, certainement pas, bien sûr que non, surtout pas, jamais, pas vraiment, plutôt pas, pas maintenant, pas aujourdhui, pas encore, je ne veux pas, je ne peux pas, nous ne pouvons pas, je ne crois pas, je ne pense pas, ce est faux, faux, ce ne est pas ça, ce ne est pas exact, ce ne est pas correct, ce est pas ça, incorrect, ça ne va pas, ça ne me va pas, négatif, je ne viendrai pas, je ne viens pas, nous ne viendrons pas, ça ne me intéresse pas, je préfère pas',
  unsure:
    'je ne sais pas, je sais pas, pas sûr, pas sûre, peut être, ça dépend, aucune idée, je ne comprends pas, je ne vous entends pas, je ne entends pas, qui est ce, qui est à le appareil',
  numbers: { ...NUMBERS, cent: 100, mille: 1000 },
  loneNumbers: { un: 1, une: 1 },
  keys: 'appuyez, appuyer, appuie, tapez, taper, touche, numéro, chiffre, option, choix, je choisis, je prends, le, la, sur, ce est',
  concepts: {
    book: 'réserver, réservation, réserve, réservations',
    buy: 'acheter, achat, commander, commande',
    bye: 'au revoir, à le revoir, à bientôt, ce est tout, ce sera tout, rien de autre, rien d autre, plus de questions, pas de autre question, raccrocher, ce est fini, bonne journée, bonne soirée',
    callback: 'rappeler, rappelez, rappelez moi, me rappeler',
    cancel:
      'annuler, annulation, annule, décommander, ne peux pas venir, ne pouvons pas venir, peux plus venir, résilier, résiliation, résilie, annulé, supprimer, mettre fin, ne pourrai pas venir, ne pourrons pas venir, ne viendrai pas, ne viens pas',
    change: 'changer, changement, modifier, modification, déplacer, reporter, décaler',
    deliver: 'livraison, livrer, livré, colis, expédition, envoi',
    food: 'menu, carte, plats, plat, cuisine, manger, repas, spécialités, servez, nourriture',
    help: 'aide, aider, assistance, dépannage',
    hours:
      'ouvert, ouverts, ouverte, ouvrez, ouvrir, ouverture, horaires, horaire, fermez, fermer, fermé, fermeture, à quelle heure, jusque à quelle heure, jusque à quand',
    later: 'plus tard, une autre fois, un autre moment, occupé, occupée',
    pay: 'payer, paiement, règlement',
    person:
      'personne, humain, opérateur, opératrice, standardiste, quelque un, quelqu un, responsable, conseiller, conseillère, agent, employé, gérant, vraie personne, être humain, patron',
    price: 'prix, coûte, coûtent, coût, combien, tarif, tarifs, cher, combien ça coûte',
    problem: 'problème, plainte, réclamation, panne, cassé, ne marche pas, ne fonctionne pas, en panne',
    repeat:
      'répéter, répétez, répète, redire, redites, encore une fois, comment dites vous, que avez vous dit, pas entendu, pas compris, =pardon, =comment, =quoi, =hein, =excusez moi, =plaît il, dit quoi, vous dites, que dites vous',
    restart: 'recommencer, depuis le début, reprendre à le début, retour à le début, menu principal, à zéro',
    table: 'table, tables, place, places',
    bill: 'facture, factures, addition',
    refund: 'remboursement, rembourser, remboursé, remboursez',
    relocate: 'déménage, déménager, déménagement, déménagé, emménage, emménager, emménagé',
    lose: 'perdu, perdue, perdre, volé, volée, volés, égaré, retrouve plus',
    child: 'enfant, enfants, fils, fille, bébé',
    phone: 'téléphone, portable, mobile',
    mail: 'mail, mél, email, courriel, e mail',
    money: 'argent, espèces',
    medicine: 'médicament, médicaments, comprimés, traitement',
    doctor: 'docteur, médecin, doctoresse',
    car: 'voiture, auto, véhicule',
    film: 'film, films',
    appointment: 'rendez vous, rdv, consultation, consulter',
    contract: 'contrat, abonnement',
    where:
      'où, situé, situés, trouvez, emplacement, comment venir, comment arriver, parking, stationnement, rue, votre adresse, le adresse, quelle adresse',
  },
  telling:
    'appelant, client, demande, veut, dit, le, la, les, un, une, de, du, des, et, ou, à, pour, sur, souhaite, parler, savoir, autre, chose, quelque, a, est, que',
  agrees: 'oui, accepte, confirme, est daccord, approuve, dit oui, viendra',
  refuses: 'non, refuse, décline, rejette, dit non, ne veut pas, ne viendra pas',
  stem: (word) => (word.length > 4 ? word.replace(/(?:ations|ation|ez|er|es|ee|e|s|x)$/, '') : word),
};
