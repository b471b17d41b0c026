/** The database that every test's own is cloned from. */
export const TEMPLATE = 'passerelle_template'
