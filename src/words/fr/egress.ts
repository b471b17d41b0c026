/** Ce que dit la page publique /egress : à donner à un hébergeur, donc complète par elle-même. */
export const egress = {
  title: 'Identité du hub',
  lead: 'Voici comment ce hub se présente à une boutique. Donnez cette page à votre hébergeur ou à la personne qui règle le pare-feu : tout ce qu’il faut autoriser y figure.',
  addresses: 'Adresses IP',
  addressesLead:
    '{count, plural, one {Les appels partent de cette adresse.} other {Les appels partent de ces adresses.}}',
  addressesUnknown:
    'Les adresses d’où partent les appels ne sont pas connues : la personne qui exploite ce hub ne les a pas indiquées. Demandez-les-lui ; nous n’en affichons aucune plutôt qu’une fausse.',
  addressesOperator:
    'Vous exploitez ce hub ? Indiquez ses adresses dans EGRESS_ADDRESSES : elles s’afficheront ici et les appels partiront de celles-là. Derrière un routeur qui traduit les adresses, indiquez les adresses publiques dans PUBLISHED_EGRESS.',
  userAgents: 'User-Agents',
  userAgentsLead: 'Chaque appel porte l’un de ces User-Agents, à la lettre près.',
  forPlatform: 'Appels à une boutique {platform}',
  whileFindingOut: 'Premier contact, quand la plateforme du site n’est pas encore connue',
  methods: 'Méthodes HTTP',
  methodsLead:
    'Toutes ces méthodes doivent passer. Une méthode bloquée, et des commandes ou des numéros de suivi manquent.',
  method: {
    read: 'Lire les commandes, les produits et les réglages de la boutique.',
    write: 'Indiquer l’expédition et le numéro de suivi, ajouter une note, créer un webhook.',
    describe: 'Demander ce qu’une adresse de l’API accepte, sans rien modifier.',
    update: 'Modifier une partie d’une fiche, sur les plateformes qui n’ont pas d’autre moyen.',
    remove: 'Retirer nos propres webhooks ou un numéro de suivi que nous avions envoyé.',
  },
  snippets: 'Réglages prêts à coller',
  snippetsLead: 'Faites une copie de la configuration avant de la modifier, puis essayez sur une seule boutique.',
  snippetsWithoutAddresses:
    'Sans adresses connues, ces réglages ne reconnaissent que le User-Agent, que n’importe qui peut imiter : ils ne désactivent donc aucune protection.',
  snippet: {
    nginx: {
      title: 'nginx',
      where:
        'La première partie va dans le bloc http, la seconde dans le bloc location qui demande un mot de passe ou refuse des adresses. La clé $visitor_limit_key remplace celle de votre limite de débit.',
    },
    apache: {
      title: 'Apache 2.4',
      where:
        'Dans le fichier .htaccess de la boutique, au-dessus de « # BEGIN WordPress », ou dans le bloc Directory. Utile là où un mot de passe protège le site.',
    },
    cloudflare: {
      title: 'Cloudflare',
      where:
        'Sécurité, Règles personnalisées : collez l’expression et choisissez l’action « Ignorer » (Skip) pour les règles gérées et les défis.',
    },
    modsecurity: {
      title: 'ModSecurity (règles OWASP CRS)',
      where:
        'Après crs-setup.conf et avant les règles. La première ligne autorise les méthodes ; la règle qui suit note sans bloquer ce qui vient de nos adresses avec notre User-Agent.',
    },
  },
  machine: 'Pour les machines',
  copy: 'Copier',
  copied: 'Copié',
} as const
