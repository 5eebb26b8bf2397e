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
  yes: 'oui, ouais, ok, okay, daccord, bien sûr, bien entendu, évidemment, certainement, absolument, exactement, exact, tout à fait, cest ça, ce est ça, ce est exact, ce est correct, ce est bien ça, ce est bon, ce est moi, parfait, très bien, bien, entendu, volontiers, avec plaisir, pourquoi pas, pas de problème, pas de souci, ça marche, ça me va, ça me convient, ça va, correct, juste, vrai, ce est vrai, si, mhm, je crois que oui, je pense que oui, lui même, elle même, sans problème, allez y, faites, je viendrai, nous viendrons, je viens, oui merci, effectivement, bien volontiers, oui oui, mais oui, ah oui, eh oui, bah oui, ben oui, oui bien sûr, oui tout à fait, oui absolument, oui exactement, oui ce est ça, oui volontiers, oui avec plaisir, ouep, yes, carrément, affirmatif, en effet, assurément, naturellement, forcément, sans aucun doute, sans doute=, super, génial, excellent, impeccable, nickel, formidable, magnifique, merveilleux, ce est parfait, ce est super, ce est noté, ce est entendu, ce est juste, ce est cela, ce est cela même, ce est bien moi, ce est bien cela, ça ira très bien, ça me va très bien, ça me va bien, ça nous va, ça nous convient, ça convient, ça joue, ça roule, je confirme, confirmé, je accepte, nous acceptons, je veux bien, on veut bien, je suis daccord, nous sommes daccord, on est daccord, marché conclu, va pour, allons y, on y va, faites donc, faites le, avec joie, je suis partant, je suis partante, bien reçu, je serai là, nous serons là, on sera là, on vient, on viendra, je suppose que oui, je suppose, je espère',
  no: 'non, nan, non merci, pas du tout, absolument pas, certainement pas, bien sûr que non, surtout pas, jamais, pas vraiment, plutôt pas, pas maintenant, pas aujourdhui, pas encore, je ne veux pas, je ne peux pas, nous ne pouvons pas, je ne crois pas, je ne pense pas, ce est faux, faux, ce ne est pas ça, ce ne est pas exact, ce ne est pas correct, ce est pas ça, incorrect, ça ne va pas, ça ne me va pas, négatif, je ne viendrai pas, je ne viens pas, nous ne viendrons pas, ça ne me intéresse pas, je préfère pas, non non, mais non, ah non, oh non, que non, eh non, bah non, ben non, non pas du tout, non pas vraiment, non désolé, non désolée, non pas ça, non ce est bon, désolé non, malheureusement non, hélas non, en aucun cas, en aucune façon, aucunement, nullement, jamais de la vie, hors de question, il ne en est pas question, pas question, sûrement pas, évidemment pas, évidemment que non, bien sûr non, pas forcément, pas exactement, pas tout à fait, pas trop, pas cette fois, pas ce soir, pas pour le moment, pas pour le instant, pas tout de suite, pas nécessaire, ce ne est pas nécessaire, pas la peine, ce ne est pas la peine, ce est pas la peine, ça ira, pas besoin, je ne en ai pas besoin, pas ça, pas correct, pas exact, pas vrai=, ce ne est pas vrai, ce est pas vrai, ce est pas exact, ce est pas correct, ce est inexact, inexact, erroné, ce est une erreur, vous faites erreur, vous vous trompez, mauvais numéro, faux numéro, ce ne est pas moi, ce est pas moi, ce ne est pas bon, ce est pas bon, pas bon, ça ne marche pas, ça marche pas, ça ne convient pas, ça ne me convient pas, ça me convient pas, ça va pas, ça me va pas, ça ne va pas être possible, ce ne est pas possible, ce est pas possible, pas possible, impossible, je refuse, je décline, je passe, je ne suis pas intéressé, je ne suis pas intéressée, pas intéressé, pas intéressée, ça me intéresse pas, je veux pas, je ne le veux pas, je ne souhaite pas, je ne désire pas, nous ne voulons pas, nous ne souhaitons pas, on ne veut pas, on veut pas, je peux pas, je ne pourrai pas, je ne pourrais pas, nous ne pourrons pas, on ne peut pas, on peut pas, je ne le ferai pas, je ne suis pas daccord, pas daccord, je ne crois pas non, je crois pas, je pense pas, je crains que non, je crois que non, je pense que non, je préfère ne pas, je préférerais pas, je ne préfère pas, je préfère non, plutôt non, probablement pas, sans doute pas, je ne viens plus, je viens pas, je viendrai pas, on ne vient pas, on ne viendra pas, on viendra pas, laissez tomber, laisse tomber, oubliez, oubliez ça, tant pis, rien, rien merci, aucun, aucune',
  unsure:
    'je ne sais pas, je sais pas, pas sûr, pas sûre, peut être, ça dépend, aucune idée, je ne comprends pas, je ne vous entends pas, je ne entends pas, qui est ce, qui est à le appareil, je ne suis pas sûr, je ne suis pas sûre, je suis pas sûr, je suis pas sûre, je ne sais pas trop, je sais pas trop, je ne sais pas encore, je sais pas encore, je hésite, je dois réfléchir, laissez moi réfléchir, difficile à dire, possible, ce est possible, je ne vous ai pas compris, je ne vous ai pas entendu, vous dites, qui êtes vous, qui est à le téléphone, ni oui ni non, on verra, je verrai',
  numbers: { ...NUMBERS, cent: 100, mille: 1000 },
  loneNumbers: { un: 1, une: 1 },
  keys: 'appuyez, appuyer, appuie, tapez, taper, touche, numéro, chiffre, option, choix, je choisis, je prends, le, la, sur, ce est',
  concepts: {
    book: 'réserver, réservation, réserve, réservations, réservé, réserverais, retenir, fixer, convenir, planifier, prendre rendez vous, bloquer, faire une réservation, caler, chambres libres, libre, libres, reste quelque chose, reste de la place',
    buy: 'acheter, achat, commander, commande, achète, acquérir, achats, commandes, passer une commande, acquisition, procurer',
    bye: 'au revoir, à le revoir, à bientôt, ce est tout, ce sera tout, rien de autre, rien d autre, plus de questions, pas de autre question, raccrocher, ce est fini, bonne journée, bonne soirée, ce est bon pour moi, ça suffit, je ai tout, plus rien, merci au revoir, à plus tard, à plus, bonne fin de journée, bonne continuation, je vous remercie au revoir, adieu, je raccroche, ça sera tout',
    callback:
      'rappeler, rappelez, rappelez moi, me rappeler, me rappeliez, qu on me rappelle, rappelle moi, être rappelé, être rappelée, rappel, me recontacter, recontactez moi, me rappelle',
    cancel:
      'annuler, annulation, annule, décommander, ne peux pas venir, ne pouvons pas venir, peux plus venir, résilier, résiliation, résilie, annulé, supprimer, mettre fin, ne pourrai pas venir, ne pourrons pas venir, ne viendrai pas, ne viens pas, annulez, annulée, annulons, supprimez, abandonner, renoncer, me désister, désister, désinscrire, me désabonner, désabonner, résiliez, arrêter mon, empêchement, ai un empêchement, plus besoin, plus besoin de, pourrai plus venir, pouvons plus venir, ne serai pas là, ne serons pas là, retirer, contretemps, pas pouvoir venir, ne venons pas, ne venons plus, ne viendrons pas, pourra pas venir, pourrai pas venir, serai pas là, serons pas là, ne vient plus, arrêter, quitter, mettre un terme, clôturer, fermer mon, partir de chez',
    change:
      'changer, changement, modifier, modification, déplacer, reporter, décaler, changez, modifiez, décaler le, avancer, repousser, bouger, remettre, autre heure, autre jour, autre date, autre horaire, actualiser, mettre à jour, corriger, échanger le jour, reporter le, replanifier, à la place, plus tôt, trompé de jour, trompé de date, plutôt à, avancé, autre formule, passer à, remplacer',
    deliver:
      'livraison, livrer, livré, colis, expédition, envoi, livre, livrez, livreur, coursier, paquet, paquets, suivi, expédié, expédier, envoyé, en route, acheminement, pas arrivé, pas reçu, pas encore reçu, toujours pas reçu, quand arrive, rien reçu',
    food: 'menu, carte, plats, plat, cuisine, manger, repas, spécialités, servez, nourriture, menus, plat de le jour, déjeuner, dîner, boissons, desserts, entrées, mange, vous faites à manger, carte des vins, spécialité, petit déjeuner, petit déj, dîner sur place, demi pension, souper',
    help: 'aide, aider, assistance, dépannage, aidez moi, aidez, coup de main, renseigner, conseils, conseil, soutien, me aider, je ne sais pas comment, je ne y arrive pas, arrive pas à',
    hours:
      'ouvert, ouverts, ouverte, ouvrez, ouvrir, ouverture, horaires, horaire, fermez, fermer, fermé, fermeture, à quelle heure, jusque à quelle heure, jusque à quand, ouvre, ferme, fermés, fermée, heures de ouverture, jours de ouverture, dès quelle heure, jusqu à quand, quand ouvrez, quand fermez, accueil ouvert, fériés, heures de fermeture, vous êtes là, passer ce soir, jours fériés, vacances, ouvrez vous, fermez vous',
    later:
      'plus tard, une autre fois, un autre moment, occupé, occupée, pas le moment, pas le bon moment, je suis occupé, je suis occupée, je conduis, en réunion, je ne peux pas parler, pas disponible, pas le temps, je ai pas le temps',
    pay: 'payer, paiement, règlement, régler, mensualités, plusieurs fois, carte bancaire, carte bleue, virement, dois vous, devoir, prélèvement automatique, échéancier, délai de paiement',
    person:
      'personne, humain, opérateur, opératrice, standardiste, quelque un, quelqu un, responsable, conseiller, conseillère, agent, employé, gérant, vraie personne, être humain, patron, vrai humain, un humain, être vivant, service client, service clientèle, responsables, directeur, directrice, patronne, chef, gérante, accueil, réception, réceptionniste, secrétaire, secrétariat, collègue, collaborateur, passez moi, passez moi quelque un, me passer, mettez moi en relation, mettre en relation, transférez moi, employée, vendeur, interlocuteur, technicien humain, parler à le, bout de le fil, parler avec quelque un, à une personne, en chair et en os, parler à une vraie',
    price:
      'prix, coûte, coûtent, coût, combien, tarif, tarifs, cher, combien ça coûte, tarification, montant, devis, ça coûte, que coûte, quel prix, à combien, revient, reviendrait, coûterait, facturez, prix de, bon marché, frais, tarif horaire, prenez combien, combien vous prenez, combien pour, revenir à combien, coûter',
    problem:
      'problème, plainte, réclamation, panne, cassé, ne marche pas, ne fonctionne pas, en panne, problèmes, plaindre, me plaindre, soucis, souci, défaut, défectueux, abîmé, abîmée, cassée, endommagé, bug, erreur, dysfonctionnement, hors service, ne marche plus, ne fonctionne plus, marche plus, fonctionne plus, marche pas, fonctionne pas, ne démarre pas, ne se allume plus, fuite, mécontent, mécontente, insatisfait, déçu, déçue, inadmissible, bloqué sur, à plat, fume, fumée, grince, grincent, usé, usés, coincé, en rade, raté, ratée, lâché',
    repeat:
      'répéter, répétez, répète, redire, redites, encore une fois, comment dites vous, que avez vous dit, pas entendu, pas compris, =pardon, =comment, =quoi, =hein, =excusez moi, =plaît il, dit quoi, vous dites, que dites vous, redites moi, répéter ça, redire ça, vous pouvez répéter, une fois de plus, dites encore, plus fort, plus lentement, moins vite, je ai rien compris, pas bien entendu, pas bien compris, qu est ce que vous avez dit, pas saisi, entendu, vous avez dit quoi',
    restart:
      'recommencer, depuis le début, reprendre à le début, retour à le début, menu principal, à zéro, repartir de zéro, reprendre depuis, revenir à le début, retourner à le début, tout reprendre, depuis le commencement, menu de départ',
    table: 'table, tables, place, places, couverts',
    bill: 'facture, factures, addition, justificatif, facturé, facturée, facturation, prélevé, prélèvement, débité, débit, reçu, note de frais, surfacturé',
    refund:
      'remboursement, rembourser, remboursé, remboursez, récupérer mon argent, me rembourser, remboursez moi, mon argent, avoir un avoir, dédommagement, indemnisation, indemniser, récupérer mes',
    relocate:
      'déménage, déménager, déménagement, déménagé, emménage, emménager, emménagé, changé de adresse, changement de adresse, changer de adresse',
    lose: 'perdu, perdue, perdre, volé, volée, volés, égaré, retrouve plus, perdus, égarée, objets trouvés, ne trouve plus, ai plus, disparu, oublié, oubliée, oublier, laissé chez vous, retrouvé, retrouvée',
    child: 'enfant, enfants, fils, fille, bébé, petit, petits, petite, bébés, gamin, gamins, ados',
    phone: 'téléphone, portable, mobile, téléphones, smartphone, mobiles, iphone',
    mail: 'mail, mél, email, courriel, e mail',
    money: 'argent, espèces',
    medicine:
      'médicament, médicaments, comprimés, traitement, ordonnance, ordonnances, cachets, pilules, pommade, sirop, comprimé, gouttes, antibiotique, crème, médoc, vermifuge',
    doctor: 'docteur, médecin, doctoresse, médecins, dentiste, spécialiste, généraliste, pédiatre',
    car: 'voiture, auto, véhicule',
    film: 'film, films',
    appointment:
      'rendez vous, rdv, consultation, consulter, bilan, séance, créneau, rendez-vous, dispo, une place, de la place, disponibilités',
    contract: 'contrat, abonnement, contrats, forfait, engagement, formule, abonnements',
    where:
      'où, situé, situés, trouvez, emplacement, comment venir, comment arriver, parking, stationnement, rue, votre adresse, le adresse, quelle adresse, vous êtes où, où êtes vous, où se trouve, vous trouver, venir chez vous, itinéraire, chemin, plan de accès, à proximité, plus proche, près de, quartier, code postal, arrêt de bus, loin, garer, me garer, laisser ma voiture, navette, parkings, gare, aéroport, adresse',
    login:
      'mot de passe, identifiant, identifiants, connecter, me connecter, connexion à mon compte, accéder, accès, bloqué, bloquée, code de accès',
    return:
      'retourner, retour, renvoyer, renvoie, rendre, ramener, rapporter, échanger, échange, retourner un article',
    diet: 'végétarien, végétarienne, végétariens, végan, végane, vegan, gluten, sans gluten, allergie, allergies, allergique, lactose, intolérant, intolérance, halal, casher',
    pet: 'chien, chiens, chienne, chat, chats, animal, animaux, chiot',
    outside: 'terrasse, dehors, extérieur, en plein air, jardin, balcon, vue, vue sur mer',
    internet: 'internet, wifi, réseau, connexion, box, fibre, haut débit',
    repair:
      'réparer, réparation, réparé, dépanner, dépanneur, technicien, mécanicien, remettre en état, réparateur, garage',
    register:
      'inscrire, inscription, me inscrire, enregistrer, adhérer, adhésion, devenir membre, créer un compte, nouveau client, adhérent, abonné, inscris, me abonner, demande de, faire une demande, souscrire, souscription',
    discount:
      'réduction, réductions, remise, remises, rabais, promotion, promotions, promo, bon de réduction, code promo, offre spéciale, étudiants, tarif réduit',
    urgent:
      'urgent, urgente, urgence, urgences, immédiatement, tout de suite, de urgence, le plus vite possible, dès que possible, au plus vite',
    status:
      'statut, état de avancement, où en est, avancement, vous en êtes où, où en êtes vous, des nouvelles, à les nouvelles, avance, avancé',
    results: 'résultat, résultats, analyses, bilan sanguin',
    job: 'emploi, poste à pourvoir, travailler chez vous, candidature, recrutement, recrutez, embauchez, offre de emploi, stage, embauche, alternance',
    ticket: 'billet, billets, ticket, tickets, entrée de le',
    course: 'cours, leçon, leçons, formation, formations, stage de, atelier',
    room: 'chambre, chambres, hébergement, logement, double, simple, suite, appartement',
    collect:
      'récupérer, récupère, récupéré, aller chercher, venir chercher, passer chercher, passer prendre, passer la chercher, passer le chercher, venir la chercher, venir le chercher, reprendre',
    ready: 'prêt, prête, prêts, prêtes, fini, finie, terminé, terminée, finir, terminer, au point',
    wait: 'combien de temps, attendre, attends, attente, dure, durer, délai, délais, prendre longtemps',
    rent: 'louer, location, emprunter, emprunt, prêter, prêt de, emprunté, loue',
    extend:
      'prolonger, prolongation, prolongé, renouveler, renouvellement, plus longtemps, reconduire, rallonger',
    pain: 'mal à, mal de, mal aux, ai mal, douleur, douleurs, douloureux, fait mal, souffre',
    sick: 'malade, malades, fièvre, vomit, vomir, vomi, grippe, toux, tousse, nausée',
    injured: 'blessé, blessée, blessure, saigne, saigner, plaie, boite, gonflé, gonflée, enflé, écrasé',
    stay: 'nuit, nuits, séjour, séjourner, dormir, rester, nuitée, nuitées',
    arrive: 'arriver, arrivée, arriverons, arriverai, check in',
    vaccinate: 'vaccin, vaccins, vaccination, vacciner, vacciné, piqûre, injection',
    leisure: 'piscine, spa, sauna, salle de sport, jacuzzi, gym, hammam, salle de fitness',
    document:
      'document, documents, papiers, papier, formulaire, attestation, certificat, diplôme, pièces à fournir',
    clean: 'nettoyer, nettoyage, laver, lavage, sale, propre, détartrage',
    insurance: 'assurance, assurances, assuré, mutuelle, assureur, couvert, prise en charge',
    fine: 'amende, amendes, pénalité, pénalités, contravention',
    card: 'carte de abonné, carte de membre, ma carte, la carte, une carte, badge, cartes',
    account: 'compte, comptes',
    send: 'envoyer, envoyez, faire parvenir, expédier',
    tow: 'dépanneuse, remorquer, remorquage, tombé en panne',
    tyre: 'pneu, pneus, roue, roues, crevé, crevaison, crevée',
    engine: 'moteur, frein, freins, batterie, embrayage, boîte de vitesses, voyant, voyants',
    inspect: 'révision, réviser, contrôle technique, entretien de la, vidange, contrôle',
    tooth: 'dent, dents, molaire, plombage, couronne, gencive, gencives, mâchoire',
    hair: 'cheveux, coupe, coiffure, frange, brushing, pointes, shampoing',
    colour: 'couleur, coloration, teinture, mèches, blonde, racines, colorer',
    used: 'occasion, de occasion, seconde main',
    delay: 'retard, en retard, retardé, retards',
    reading: 'livres, un livre, le livre, ce livre, mon livre, roman, romans, auteur, ouvrage, ouvrages',
    stock: 'en stock, en rayon, disponible, disponibles, disponibilité',
    bike: 'vélo, vélos, bicyclette',
    learn: 'apprendre, étudier, enseigner, professeur, prof',
    exam: 'examen, examens, notes, épreuve',
    takeaway: 'à emporter, emporter',
    noise: 'bruit, bruits, bruyant',
    expire: 'expiré, expirée, expire, échéance, périmé, périmée, plus valable',
    accept: 'acceptez, acceptés, accepté, accepter, acceptée',
    celebrate: 'anniversaire, fête, fêter, mariage',
    group: 'groupe, groupes',
    try: 'essayer, essai, tester',
    travel: 'train, bus, taxi, vol, avion, hôtel, autobus, métro',
    dining: 'pizza, restaurant, pain, gâteau, café, pizzeria',
    weather: 'météo, temps fait, pluie, pleut, fait beau',
    home: 'appartement, lave linge, machine à laver, lave vaisselle, meubles, canapé, télé',
    info: 'renseignement, renseignements, information, informations, infos, brochure, me renseigner, détails',
    confirm: 'confirmer, confirmation',
    wrong: 'mauvais, mauvaise, erroné, erronée, confusion, pas le bon, pas la bonne',
    high: 'trop élevé, élevé, élevée, augmenté, augmentation, monté, trop cher, trop haut',
    block: 'bloquer, geler, suspendre, suspension, mettre en pause, opposition, désactiver',
    activate: 'activer, activation, débloquer, déverrouiller',
    install: 'installer, installation, brancher, raccorder, configurer, monter, poser, mise en service',
    sell: 'vendre, vente, revendre',
    visit: 'visiter, visite, visites, venir voir',
    size: 'taille, tailles, pointure, trop grand, trop petit, plus grand, plus petit',
    gift: 'cadeau, cadeaux, offrir, chèque cadeau, bon cadeau',
    event:
      'concert, concerts, spectacle, spectacles, représentation, exposition, pièce de théâtre, évènement',
    plumbing:
      'tuyau, tuyaux, robinet, toilettes, évier, plombier, bouché, bouchée, canalisation, douche, dégât des eaux',
    heating: 'chauffage, chaudière, radiateur, radiateurs, eau chaude, chauffe eau, thermostat',
    key: 'clé, clés, clef, serrure, serrurier',
    accident: 'accident, sinistre, dégât, dégâts, dommages, accrochage, percuté, bosse',
    loan: 'crédit, crédits, emprunt immobilier, hypothèque, financement, prêt immobilier',
    balance: 'solde, combien il me reste, combien de argent',
    transfer: 'virement, virements, transférer, transfert',
    fraud: 'fraude, arnaque, suspect, piraté, pas reconnu, frauduleux',
    absent: 'absent, absente, absence, manquer, pas en cours',
    beauty: 'ongles, manucure, pédicure, massage, soin de le visage, maquillage, épilation, sourcils',
    glasses: 'lunettes, lentilles, verres, monture, opticien, examen de la vue, test de vue',
    computer:
      'ordinateur, portable pc, imprimante, écran, logiciel, tablette, application, appli, site internet',
    warranty: 'garantie, garanties, sous garantie',
    part: 'pièce, pièces, pièce détachée, rechange',
    flowers: 'fleurs, fleur, bouquet, roses, gerbe, plantes, fleuriste',
    accessible: 'fauteuil roulant, accessible, ascenseur, handicapé, handicap, mobilité réduite',
    language: 'anglais, espagnol, allemand, français, interprète, langue',
    water: 'eau, inondé, inondation, fuit, goutte',
    donate: 'donner à une, don, dons, faire un don',
    driving:
      'leçon de conduite, heures de conduite, permis, permis de conduire, auto école, code de la route',
  },
  telling:
    'appelant, client, demande, veut, dit, le, la, les, un, une, de, du, des, et, ou, à, pour, sur, souhaite, parler, savoir, autre, chose, quelque, a, est, que',
  agrees: 'oui, accepte, confirme, est daccord, approuve, dit oui, viendra',
  refuses: 'non, refuse, décline, rejette, dit non, ne veut pas, ne viendra pas',
  stem: (word) => (word.length > 4 ? word.replace(ENDING, '') : word),
};

const ENDING =
  /(?<=...)(?:(?:iss)?ements?|ations?|ateurs?|(?:er)?(?:ais|ait|ions|iez|aient)|er(?:ai|as|a|ons|ez|ont)|ants?|antes?|ees?|ez|er|es|e|s|x)$/;
