/**
 * What is wrong and what to do, for each code of `domain/errors.ts`. Values come from the error's params; a choice by
 * `reason`, `by`, `phase` or `right` has underscores where the value has hyphens (`problem.ts` turns them).
 */
export const errors = {
  'shop-unreachable': {
    title:
      '{reason, select, dns_not_found {Le nom {host} n’existe pas} dns_failed {Le nom {host} n’a pas pu être trouvé : le DNS ne répond pas} refused {{host} refuse la connexion} reset {{host} a coupé la connexion} closed {{host} a fermé la connexion sans répondre} network {Aucun chemin réseau ne mène à {host}} no_egress {{host} n’a aucune adresse que ce hub puisse appeler} egress_address {L’adresse de sortie du hub n’existe pas sur cette machine} other {La boutique ne répond pas}}',
    todo: '{reason, select, dns_not_found {Vérifiez l’adresse de la boutique ; si le domaine vient de changer, attendez que le DNS se mette à jour. Le hub réessaie de lui-même.} no_egress {Le hub n’appelle qu’en IPv4 ou qu’en IPv6 (EGRESS_ADDRESSES) ; ajoutez une adresse de l’autre famille.} egress_address {Corrigez EGRESS_ADDRESSES : ce doit être une adresse de cette machine.} other {Ouvrez la boutique dans un navigateur. Si elle s’affiche, son hébergeur bloque sans doute le hub : montrez-lui la page /egress. Le hub réessaie de lui-même.}}',
  },
  'shop-timeout': {
    title:
      '{phase, select, connect {La boutique n’a pas accepté la connexion à temps} first_byte {La boutique n’a pas commencé à répondre à temps} body {La réponse de la boutique s’est interrompue} other {La boutique n’a pas fini de répondre à temps}}',
    todo: 'Le hub réessaie de lui-même, avec des demandes plus petites. Si cela dure, montrez à votre hébergeur l’heure de l’échange : le serveur est surchargé ou écarte le hub sans répondre.',
  },
  'tls-invalid': {
    title:
      '{reason, select, expired {Le certificat https de la boutique a expiré} not_yet_valid {Le certificat https de la boutique n’est pas encore valable} revoked {Le certificat https de la boutique a été révoqué} wrong_host {Le certificat https est celui d’un autre site que {host}} self_signed {Le certificat https de la boutique n’est signé par personne de connu} unknown_issuer {La chaîne du certificat https de la boutique est incomplète} not_tls {{host} ne parle pas https sur ce port} old_protocol {La boutique ne connaît que des versions de TLS abandonnées} other {La connexion sécurisée avec la boutique n’a pas pu s’établir}}',
    todo: '{reason, select, not_tls {Essayez l’adresse en http, ou corrigez le port.} unknown_issuer {Demandez à votre hébergeur d’installer aussi le certificat intermédiaire. Le hub réessaie de lui-même.} wrong_host {Vérifiez l’adresse (avec ou sans www), ou demandez à votre hébergeur un certificat pour ce nom.} other {Demandez à votre hébergeur de renouveler ou de réparer le certificat. Le hub réessaie de lui-même et n’envoie rien en clair entre-temps.}}',
  },
  'shop-throttled': {
    title:
      '{reason, select, quiet {La boutique a demandé au hub d’attendre} busy {Toutes les places vers cette boutique sont occupées} other {La boutique trouve que le hub demande trop souvent}}',
    todo: 'Rien à faire : le hub attend le temps demandé et reprend de lui-même. Si cela revient souvent, votre hébergeur limite les appels ; montrez-lui la page /egress.',
  },
  'shop-maintenance': {
    title: 'La boutique est en maintenance',
    todo: 'Rien à faire : le hub reprend de lui-même dès qu’elle répond, et les commandes passées entre-temps seront reprises. Si la maintenance est finie, supprimez le fichier .maintenance à la racine du site.',
  },
  'shop-error': {
    title:
      '{reason, select, database {La boutique a perdu sa base de données} fatal {La boutique s’arrête sur une erreur PHP} gateway {Le serveur de la boutique ne répond plus derrière sa passerelle} other {La boutique répond par une erreur interne}}',
    todo: '{reason, select, fatal {Regardez le journal des erreurs PHP de la boutique à l’heure de l’échange : une extension ou le thème en est la cause. Le hub réessaie de lui-même.} other {Le hub réessaie de lui-même. Si la boutique s’affiche mal dans un navigateur aussi, prévenez votre hébergeur.}}',
  },
  'shop-clock': {
    title: 'La boutique juge notre heure ou notre signature trop ancienne',
    todo: 'L’horloge du serveur de la boutique ou celle de cette machine est décalée : faites-la régler. Le hub réessaie de lui-même.',
  },
  'response-blocked': {
    title:
      '{by, select, cloudflare {Cloudflare arrête le hub avant la boutique} siteground {La protection anti-robots de SiteGround arrête le hub} host_cookie {L’hébergeur demande un navigateur avant de laisser passer} imunify360 {Imunify360 arrête le hub avant la boutique} wordfence {Wordfence refuse les appels du hub} modsecurity {Le pare-feu ModSecurity de l’hébergeur refuse les appels du hub} sucuri {Sucuri arrête le hub avant la boutique} solid_security {L’extension Solid Security ferme l’API de la boutique} ninjafirewall {NinjaFirewall refuse les appels du hub} rest_closed {Une extension ferme l’API de la boutique aux visiteurs} security_plugin {Une extension de sécurité refuse les appels du hub} method {Le serveur refuse cette méthode HTTP} site_password {Un mot de passe protège tout le site} other {Un pare-feu refuse les appels du hub}}',
    todo: '{by, select, site_password {Donnez aussi le nom et le mot de passe qui protègent le site.} rest_closed {Dans la boutique, autorisez l’API REST pour les appels avec clé. Le hub réessaie de lui-même.} other {Montrez à votre hébergeur, ou dans les réglages de la protection, la page /egress : elle dit quelles adresses et quel User-Agent autoriser. Le hub réessaie de lui-même.}}',
  },
  'response-malformed': {
    title:
      '{reason, select, truncated {La réponse de la boutique est coupée} plain_permalinks {La boutique utilise des permaliens simples : son API n’a pas d’adresse} no_rewrite {L’adresse de l’API n’existe pas sur le serveur} no_total {La boutique répond par autre chose que la liste demandée} not_http {Ce qui répond à cette adresse ne parle pas HTTP} request_too_large {Le serveur de la boutique refuse les demandes de cette taille} other {La boutique répond par autre chose que des données}}',
    todo: '{reason, select, plain_permalinks {Dans WordPress, Réglages → Permaliens, choisissez autre chose que « Simple » et enregistrez.} no_rewrite {Dans WordPress, ouvrez Réglages → Permaliens et enregistrez sans rien changer ; sinon demandez à l’hébergeur d’activer la réécriture d’adresses.} other {Ouvrez l’échange pour voir ce qui est arrivé : souvent une extension écrit des avertissements ou une page devant les données. Rien n’est perdu ; le hub réessaie de lui-même.}}',
  },
  'response-too-large': {
    title: 'La réponse de la boutique est trop grande',
    todo: 'Le hub redemande par pages plus petites, de lui-même. Si cela dure, une extension ajoute des données énormes aux commandes : l’échange la montre. Pendant une connexion, vérifiez que l’adresse est bien celle de la boutique.',
  },
  'redirect-refused': {
    title: 'La boutique renvoie vers une autre adresse',
    todo: 'Le hub n’envoie pas vos clés à une autre adresse. Mettez dans l’intégration l’adresse vers laquelle le navigateur arrive.',
  },
  'login-rejected': {
    title:
      '{reason, select, key_unknown {La boutique ne connaît pas cette clé} secret_wrong {La clé est connue, mais son secret est faux} signature {La boutique refuse la signature de la clé} key_not_seen {La clé n’arrive pas jusqu’à la boutique} other {La boutique refuse la clé}}',
    todo: '{reason, select, key_not_seen {Le serveur efface sans doute l’en-tête Authorization. Autorisez l’envoi des clés dans l’adresse, ou demandez à l’hébergeur de laisser passer cet en-tête.} other {Créez une nouvelle clé dans WooCommerce → Réglages → Avancé → API REST, avec le droit de lecture et d’écriture, et remplacez-la ici.}}',
  },
  'permission-missing': {
    title:
      '{right, select, write {La clé n’a pas le droit d’écrire dans la boutique} read {La clé n’a pas le droit de lire la boutique} other {L’utilisateur de la clé n’a pas assez de droits dans la boutique}}',
    todo: 'Dans WooCommerce → Réglages → Avancé → API REST, donnez à la clé le droit de lecture et d’écriture, au nom d’un administrateur ou d’un gestionnaire de boutique.',
  },
  'query-keys-consent': {
    title: 'La clé ne passe que dans l’adresse de l’appel',
    todo: 'Le serveur efface l’en-tête qui porte la clé. Vous pouvez autoriser l’envoi de la clé dans l’adresse (elle peut alors apparaître dans les journaux du serveur), ou demander à l’hébergeur de laisser passer l’en-tête Authorization.',
  },
  'platform-too-old': {
    title: 'La version de cette boutique est trop ancienne',
    todo: 'Mettez WooCommerce à jour (au moins la version 5.8, de 2021) : les versions plus anciennes perdent des modifications de commandes.',
  },
  'credentials-unreadable': {
    title: 'L’identifiant enregistré ne s’ouvre plus',
    todo: 'La clé de chiffrement du hub n’est plus la même. Remettez l’ancienne clé, ou saisissez de nouveau la clé de la boutique.',
  },
  'record-unreadable': {
    title: 'Un enregistrement de la boutique n’a pas pu être lu',
    todo: 'Il est gardé entier en quarantaine et sera relu après une mise à jour du hub. Les autres commandes sont arrivées.',
  },
  'field-invalid': {
    title: 'Le champ « {field} » n’est pas valable',
    todo: '{reason, select, required {Remplissez ce champ.} empty {Remplissez ce champ.} too_small {C’est trop court ou trop petit : {min} au moins.} too_big {C’est trop long ou trop grand : {max} au plus.} too_long {C’est trop long.} too_many {Il y en a trop : {limit} au plus.} unknown {Ce champ n’existe pas ici ; vérifiez son nom.} choice {Choisissez l’une de ces valeurs : {choices}.} date {Écrivez une date comme 2026-11-24, une durée comme 30d, ou all.} characters {Retirez les signes qui n’ont pas leur place ici.} formula {Cela commence comme une formule de tableur ; retirez le premier signe.} unreadable {Reprenez la liste depuis le début : ce curseur n’est pas le sien.} too_short {Il faut au moins trois lettres.} not_a_cursor {Reprenez la liste depuis le début : ce curseur n’est pas le sien.} type {Ce n’est pas le type attendu ; la description de l’API le donne.} other {Corrigez la valeur et recommencez.}}',
  },
  'url-invalid': {
    title: 'Cette adresse ne peut pas être comprise',
    todo: '{reason, select, empty {Collez l’adresse de la boutique, par exemple https://boutique.example.} too_long {L’adresse est trop longue ; la page d’accueil de la boutique suffit.} scheme {L’adresse doit commencer par https:// ou http://.} e_mail {C’est une adresse e-mail ; il faut l’adresse du site.} credentials {Retirez le nom et le mot de passe de l’adresse ; des champs les attendent plus bas.} space {Il y a une espace au milieu de l’adresse ; retirez-la.} no_domain {Il manque la fin du nom, par exemple .fr ou .com.} port {Le port, après les deux-points, va de 1 à 65535 ; le plus souvent il n’en faut aucun.} host {Le nom du site contient des signes impossibles ; vérifiez-le lettre par lettre.} other {Copiez l’adresse depuis la barre du navigateur, sur la page d’accueil de la boutique.}}',
  },
  'address-refused': {
    title:
      '{reason, select, metadata {Cette adresse est réservée aux machines de l’hébergeur} port {Ce port n’est pas celui d’un site web} scheme {Seules les adresses http et https sont appelées} credentials {L’adresse contient un mot de passe} other {Cette adresse mène à un réseau privé}}',
    todo: '{reason, select, metadata {Donnez l’adresse publique de la boutique.} port {Donnez l’adresse telle que le navigateur l’affiche.} credentials {Retirez le nom et le mot de passe de l’adresse.} other {Donnez l’adresse publique de la boutique. Une boutique de votre propre réseau s’ouvre par le réglage ALLOWED_PRIVATE_ORIGINS du hub.}}',
  },
  'not-a-shop': {
    title: 'Aucune boutique connue ne répond à cette adresse',
    todo: 'Ouvrez l’adresse dans un navigateur : est-ce bien la boutique ? Si elle est dans un dossier (par exemple /boutique), ajoutez-le.',
  },
  'site-password-needed': {
    title: 'Un mot de passe protège tout le site',
    todo: 'Donnez le nom et le mot de passe que le navigateur demande avant d’afficher la boutique, ou retirez cette protection.',
  },
  'other-platform': {
    title: 'Cette boutique est d’une autre plateforme : {platform}',
    todo: 'Corrigez l’adresse, ou choisissez cette plateforme si elle est proposée.',
  },
  'platform-unknown': {
    title: 'Le hub ne connaît pas la plateforme « {platform} »',
    todo: 'Choisissez l’une de celles-ci : {known}.',
  },
  'key-malformed': {
    title: 'Cette clé est incomplète',
    todo: 'Elle commence par {starts} et compte {expected} caractères ; celle-ci en a {length}. Copiez-la de nouveau, entière ; si la page de la boutique est fermée, créez une nouvelle clé.',
  },
  'key-swapped': {
    title: 'La clé et le secret sont inversés',
    todo: 'La clé client commence par ck_, le secret client par cs_ : échangez les deux champs.',
  },
  'shop-already-connected': {
    title: 'Cette boutique est déjà reliée : {name}',
    todo: 'Ouvrez l’intégration « {name} » ({url}). Pour une nouvelle clé, remplacez-la là ; rien ne sera perdu.',
  },
  'shop-copy-suspected': {
    title:
      '{reason, select, moved {À cette adresse répond la boutique {name} déménagée, ou une copie d’elle} other {Cette boutique ressemble à une copie de {name}}}',
    todo: '{reason, select, moved {Si la boutique a déménagé, confirmez-le : commandes et suivi restent. Si c’est une copie de travail (préproduction), n’enregistrez pas cette adresse ici : ajoutez la copie comme nouvelle intégration.} other {Si c’est une copie de travail (préproduction), confirmez-le : elle sera reliée à part et ses commandes ne se mêleront pas. Sinon, modifiez l’adresse de l’intégration « {name} ».}}',
  },
  'shop-differs': {
    title: 'La nouvelle adresse mène à une autre boutique que {name}',
    todo: 'Si la même boutique a déménagé, confirmez-le : commandes et suivi restent. Sinon, ajoutez-la comme nouvelle intégration.',
  },
  'public-url-missing': {
    title: 'La boutique ne peut pas joindre ce hub',
    todo: 'L’accord dans la boutique demande une adresse publique en https (réglage PUBLIC_URL). Sans elle, collez une clé.',
  },
  'demo-unavailable': {
    title: 'La boutique de démonstration n’est pas disponible',
    todo: 'Elle s’ouvre tant qu’aucune boutique n’est reliée. Supprimez les intégrations, ou lancez « passerelle demo » avec un autre dossier de données.',
  },
  'integration-disabled': {
    title: 'L’intégration « {name} » est arrêtée',
    todo: 'Remettez-la en marche dans ses réglages, puis mettez à jour.',
  },
  'file-unwritable': {
    title: 'Le fichier {file} ne peut pas être écrit',
    todo: 'Vérifiez que le dossier existe, que ce compte a le droit d’y écrire et qu’il reste de la place.',
  },
  'tracking-invalid': {
    title:
      '{reason, select, empty {Il manque le numéro de suivi} already_on_order {Le numéro {value} est déjà sur cette commande} url_malformed {Le lien de suivi n’est pas une adresse} url_scheme {Le lien de suivi doit commencer par https:// ou http://} url_with_login {Le lien de suivi contient un mot de passe} other {Le numéro de suivi « {value} » n’est pas accepté}}',
    todo: '{reason, select, empty {Saisissez ou scannez le numéro.} already_on_order {Vérifiez que ce n’est pas le même colis deux fois ; sinon corrigez l’expédition qui le porte.} control_characters {Retapez-le : il contient des signes invisibles.} markup {Retirez les signes < et >.} spreadsheet_number {Le tableur a abrégé ce numéro et ses derniers chiffres sont perdus : mettez la colonne au format Texte, puis recopiez le numéro.} formula {Retirez le premier signe : un tableur y lirait une formule.} no_digit_or_letter {Un numéro contient des chiffres ou des lettres.} too_long {C’est trop long pour être un numéro : n’a-t-on pas collé une page ?} url_malformed {Copiez le lien depuis la page de suivi du transporteur.} url_scheme {Copiez le lien depuis la page de suivi du transporteur.} url_with_login {Retirez le nom et le mot de passe du lien.} other {Corrigez le numéro et recommencez.}}',
  },
  'quantity-invalid': {
    title:
      '{reason, select, none {Aucune ligne n’est choisie} more_than_left {Il ne reste que {left} à expédier de « {line} »} other {Cette quantité n’est pas un nombre}}',
    todo: '{reason, select, none {Choisissez au moins une ligne et une quantité.} more_than_left {Mettez {left} au plus (demandé : {value}).} other {Écrivez un nombre plus grand que zéro, par exemple 2 ou 1,5.}}',
  },
  'line-unknown': {
    title: 'La commande n’a pas de ligne « {line} »',
    todo: 'Indiquez l’identifiant ou la référence (SKU) d’une ligne de cette commande.',
  },
  'line-ambiguous': {
    title: 'Plusieurs lignes portent la référence « {line} »',
    todo: 'Indiquez l’identifiant de la ligne : {candidates}.',
  },
  'order-ambiguous': {
    title: 'Ce numéro de commande existe dans plusieurs boutiques',
    todo: 'Choisissez la boutique, ou utilisez l’identifiant de la commande.',
  },
  'order-not-shippable': {
    title:
      '{reason, select, trashed {La commande {number} est à la corbeille dans la boutique} deleted {La commande {number} n’existe plus dans la boutique} cancelled {La commande {number} est annulée} refunded {La commande {number} est remboursée} on_hold {La commande {number} est en attente dans la boutique} unknown {Le hub ne connaît pas l’état « {status} » de la commande {number}} nothing_left {Il ne reste rien à expédier de la commande {number}} other {La commande {number} ne peut pas être expédiée}}',
    todo: '{reason, select, on_hold {Vérifiez le paiement. Si le colis doit partir quand même, confirmez.} unknown {Si le colis doit partir quand même, confirmez.} nothing_left {Si un numéro est faux, corrigez l’expédition qui existe.} other {Voyez la commande dans la boutique. Rien n’y a été écrit : y toucher la remettrait en route et écrirait au client.}}',
  },
  'order-changed': {
    title: 'La commande {number} a changé dans la boutique',
    todo: 'Relisez-la : l’adresse, les lignes ou l’état ne sont plus ceux que vous aviez sous les yeux. Puis recommencez.',
  },
  'shipment-voided': {
    title: 'Cette expédition a été annulée',
    todo: 'Créez une nouvelle expédition pour la commande.',
  },
  'writeback-settled': {
    title: 'Ce retour de suivi est déjà réglé',
    todo: 'Il n’y a plus rien à décider. Pour changer un numéro, corrigez l’expédition.',
  },
  'writeback-in-doubt': {
    title: 'Le client a peut-être déjà reçu un message',
    todo: 'Regardez la commande dans la boutique, puis dites si le message est parti (« fait ») ou non (« encore »).',
  },
  'csv-unreadable': {
    title:
      '{reason, select, empty {Le fichier est vide} too_large {Le fichier dépasse {limit} Mo} too_many_rows {Le fichier dépasse {limit} lignes} spreadsheet {C’est un classeur de tableur, pas un fichier CSV} column_order {Il manque la colonne des numéros de commande} column_tracking {Il manque la colonne des numéros de suivi} column_carrier {Il manque la colonne du transporteur} other {Le fichier ne peut pas être lu comme un tableau}}',
    todo: '{reason, select, too_large {Partagez-le en plusieurs fichiers.} too_many_rows {Partagez-le en plusieurs fichiers.} spreadsheet {Dans le tableur, enregistrez-le au format CSV.} other {La première ligne nomme les colonnes : commande, transporteur, suivi (et, si vous voulez, url). Lu : {found}}}',
  },
  'file-unreadable': {
    title: 'Le fichier {file} ne peut pas être lu',
    todo: 'Vérifiez son nom et que ce compte a le droit de le lire.',
  },
  'backup-unreadable': {
    title:
      '{reason, select, newer {Cette sauvegarde vient d’une version plus récente du programme} foreign {Ce fichier n’est pas une sauvegarde de Passerelle} truncated {La sauvegarde est incomplète} damaged {La sauvegarde est abîmée} other {La sauvegarde ne peut pas être lue}}',
    todo: '{reason, select, newer {Installez la version du programme qui l’a écrite, ou une plus récente.} foreign {Choisissez un fichier écrit par « passerelle backup ».} other {Rien n’a été changé. Utilisez une autre sauvegarde.}}',
  },
  'config-invalid': {
    title: 'Un réglage n’est pas valable',
    todo: 'Corrigez-le, puis redémarrez le hub. {settings}',
  },
  'key-missing': {
    title: 'La clé qui ouvre les identifiants enregistrés a disparu',
    todo: 'Remettez le fichier {file} (ou PASSERELLE_SECRET) tel qu’il était, puis redémarrez. Sans lui, le hub ne démarre pas, pour ne pas chiffrer la moitié des identifiants avec une autre clé. Si elle est perdue pour de bon : bin/passerelle forget-key.',
  },
  'key-foreign': {
    title: 'La clé de ce hub n’est pas celle des identifiants enregistrés',
    todo: 'La base attend la clé {keyId} ; ce hub a {have}. Remettez la bonne clé ({file} ou PASSERELLE_SECRET), ou utilisez la base qui va avec celle-ci. Si elle est perdue pour de bon : bin/passerelle forget-key.',
  },
  'not-found': {
    title: 'Il n’y a rien ici',
    todo: 'Vérifiez l’identifiant ou l’adresse. Ce qui a été supprimé ne revient pas.',
  },
  'method-not-allowed': {
    title: 'Cette adresse n’accepte pas cette méthode',
    todo: 'La description de l’API (/api/openapi.json) donne les méthodes possibles.',
  },
  'body-too-large': {
    title: 'L’envoi est trop grand',
    todo: 'Envoyez au plus {megabytes} Mo à la fois.',
  },
  'body-malformed': {
    title:
      '{reason, select, type {Le type du contenu n’est pas celui attendu} encoding {Le contenu n’est pas du texte UTF-8} depth {Le contenu est imbriqué trop profondément} compressed {Le contenu est compressé} other {Le contenu n’est pas du JSON}}',
    todo: '{reason, select, type {Envoyez-le avec l’en-tête Content-Type {expected}.} encoding {Enregistrez-le en UTF-8.} depth {Envoyez les champs tels que la description de l’API les donne.} compressed {Envoyez-le sans Content-Encoding.} other {Vérifiez les guillemets, les virgules et les accolades.}}',
  },
  'not-signed-in': {
    title: '{reason, select, key {Cette clé d’API n’est pas valable} other {Vous n’êtes pas connecté}}',
    todo: '{reason, select, key {Vérifiez-la, ou créez-en une autre dans les réglages.} other {Connectez-vous, ou envoyez une clé d’API dans l’en-tête Authorization.}}',
  },
  'sign-in-failed': {
    title: 'L’adresse e-mail ou le mot de passe est faux',
    todo: 'Vérifiez les deux et recommencez.',
  },
  forbidden: {
    title: 'Vous n’avez pas le droit de faire cela',
    todo: 'Demandez-le au propriétaire de cet espace.',
  },
  'csrf-failed': {
    title: 'Cette demande ne vient pas de la page du hub',
    todo: 'Rechargez la page et recommencez. Un programme envoie une clé d’API au lieu du cookie.',
  },
  'too-many-attempts': {
    title: 'Trop d’essais en peu de temps',
    todo: 'Attendez {minutes} min, puis recommencez.',
  },
  'link-expired': {
    title: 'Ce lien n’est plus valable',
    todo: 'Il ne sert qu’une fois et pour un temps court. Recommencez depuis le hub ; le lien du premier compte est écrit de nouveau à chaque démarrage.',
  },
  'idempotency-reused': {
    title: 'Cette clé d’idempotence a déjà servi pour une autre demande',
    todo: 'Prenez une nouvelle clé pour chaque demande différente.',
  },
  'idempotency-running': {
    title: 'La même demande est encore en cours',
    todo: 'Attendez sa réponse, ou renvoyez-la dans un instant avec la même clé.',
  },
  'lease-lost': {
    title: 'Un autre processus a repris ce travail',
    todo: 'Rien à faire : il continue là où celui-ci s’est arrêté.',
  },
  'database-unavailable': {
    title: 'La base de données ne répond pas',
    todo: 'Le hub réessaie de lui-même. Si cela dure, vérifiez que PostgreSQL tourne et que DATABASE_URL est juste.',
  },
  'hub-running': {
    title: 'Passerelle tourne sur cette base de données',
    todo: 'Arrêtez chaque processus (start, web, worker, et toute commande en cours), sur toutes les machines, puis recommencez. Rien n’a été changé.',
  },
  'database-locked': {
    title: 'Un autre hub utilise déjà ce dossier de données',
    todo: 'Arrêtez-le, ou choisissez un autre dossier avec PASSERELLE_DATA. Verrou : {file}',
  },
  'database-newer': {
    title: 'La base de données vient d’une version plus récente du programme',
    todo: 'Démarrez cette version plus récente (schéma {database} ; ce programme connaît {program}), ou restaurez une sauvegarde plus ancienne.',
  },
  internal: {
    title: 'Une erreur de notre côté',
    todo: 'Rien de ce qui était enregistré n’est perdu. Signalez-la avec la référence de la demande : le journal du hub en dit plus.',
  },
} as const
