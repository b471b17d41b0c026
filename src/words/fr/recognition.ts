/** What the hub saw at an address or while trying a login, why a record was set aside, and the notes it leaves in a shop. */
export const recognition = {
  woocommerce: 'C’est une boutique WooCommerce.',
  'site-password': 'Un mot de passe protège tout le site : donnez-le avec la clé.',
  'plain-permalinks':
    'WordPress utilise les permaliens simples : WooCommerce n’y accepte aucune clé. Choisissez une autre forme dans Réglages → Permaliens.',
  'rest-index-closed':
    'Une extension cache le sommaire de l’API aux visiteurs. Les appels avec clé passent peut-être quand même.',
  'no-rewrite': 'Le serveur ne réécrit pas les adresses : l’API est appelée par /index.php.',
  'home-differs':
    'La boutique se croit à l’adresse {home}. Si c’est une copie, vérifiez que c’est bien celle que vous voulez connecter.',
  'http-only':
    'La boutique n’est appelée qu’en http : les commandes voyagent en clair. La clé (ck_…) et un éventuel mot de passe du site aussi ; le secret (cs_…), lui, n’est jamais envoyé : il signe chaque appel.',
  'https-preferred': 'La boutique répond aussi en https : c’est cette adresse qui est utilisée.',
  'php-output':
    'La boutique écrit des avertissements PHP devant ses réponses. Le hub les ignore ; faites désactiver leur affichage (WP_DEBUG_DISPLAY).',
  'blanks-trimmed': 'Des espaces autour de la clé ou du secret ont été retirées.',
  'keys-in-query':
    'Le serveur efface l’en-tête Authorization : la clé voyage dans l’adresse de chaque appel et peut apparaître dans les journaux du serveur.',
  'proxy-hides-https': 'Un serveur intermédiaire cache le https à la boutique : chaque appel est signé, comme en http.',
  'clock-differs':
    'L’horloge de la boutique et celle du hub diffèrent de {minutes, plural, one {# minute} other {# minutes}}. Le hub en tient compte.',
  'cached-answers':
    'Un cache placé devant la boutique répond à sa place : des commandes peuvent arriver en retard. Faites-lui laisser de côté tout ce qui se trouve sous /wp-json/.',
  'read-only-key':
    'La clé ne peut que lire : les commandes arriveront, mais les numéros de suivi ne pourront pas être écrits dans la boutique.',
  'write-path-blocked':
    'La clé est bonne, mais quelque chose arrête les écritures vers la boutique ({by}). Les commandes arriveront ; les numéros de suivi attendront.',
  'units-unknown':
    'La clé ne permet pas de lire les unités de la boutique : les poids et dimensions des produits resteront inconnus.',
  'zone-unknown': 'Le fuseau horaire de la boutique est inconnu ; le hub compte en temps universel.',
  'tracking-ast': 'Les numéros de suivi iront dans l’extension Advanced Shipment Tracking.',
  'tracking-shipment-tracking': 'Les numéros de suivi iront dans l’extension Shipment Tracking.',
  'tracking-fulfillments': 'Les numéros de suivi iront dans les expéditions de WooCommerce.',
  'tracking-plain':
    'La boutique n’a pas d’extension de suivi : le numéro sera gardé dans la commande, avec une note. Son e-mail « commande terminée » ne contient pas de numéro.',
  'wordpress-without-woocommerce': 'C’est un site WordPress sans WooCommerce, ou WooCommerce y est désactivé.',
  'woocommerce-too-old': 'La version de WooCommerce est trop ancienne : son API n’est pas celle de la version 3.',
  'platform-seen': 'Le site semble fait avec {platform}.',
  'row-not-an-object': 'La boutique a envoyé autre chose qu’une fiche.',
  'row-without-id': 'La fiche n’a pas d’identifiant.',
  'row-without-date': 'La fiche n’a pas de date de modification.',
  'row-breaks-shop':
    'La boutique tombe en erreur quand on lui demande cette fiche. Ouvrez-la dans la boutique : une extension y a sans doute laissé une valeur abîmée.',
  'signature-missing': 'L’appel n’est pas signé.',
  'signature-wrong': 'La signature de l’appel n’est pas celle de cette intégration.',
  'topic-unknown': 'L’appel ne parle pas d’une commande.',
  'body-unreadable': 'Le contenu de l’appel est illisible.',
  'note-shipped-customer':
    'Votre commande est partie avec {carrier}.\n{count, plural, one {Numéro de suivi} other {Numéros de suivi}} : {parcels}\nRéférence : {reference}',
  'note-shipped-staff': 'Expédié avec {carrier}.\n{parcels}\nRéférence : {reference}',
  'note-corrected-customer':
    'Le suivi de votre commande a changé. Le colis voyage avec {carrier}.\n{count, plural, one {Nouveau numéro} other {Nouveaux numéros}} : {parcels}\n{replaces, select, yes {Cela remplace : {withdrawn}\n} other {}}Référence : {reference}',
  'note-corrected-staff':
    'Suivi corrigé, avec {carrier}.\n{parcels}\n{replaces, select, yes {Cela remplace : {withdrawn}\n} other {}}Référence : {reference}',
  'note-voided-staff': 'Expédition annulée. Numéros retirés : {withdrawn}\nRéférence : {reference}',
  address: {
    trimmed: 'Les espaces et les signes autour de l’adresse ont été retirés.',
    slashes: 'Les barres obliques de l’adresse ont été redressées.',
    'scheme-added': 'https:// a été ajouté devant l’adresse.',
    lowered: 'Les majuscules du nom ont été mises en minuscules.',
    idn: 'Le nom est écrit dans la forme que le réseau comprend.',
    'dot-removed': 'Le point à la fin du nom a été retiré.',
    'path-cut': 'L’adresse d’une page a été ramenée à celle de la boutique.',
    'query-dropped': 'Ce qui suivait le point d’interrogation a été retiré.',
    'fragment-dropped': 'Ce qui suivait le signe # a été retiré.',
  },
} as const
