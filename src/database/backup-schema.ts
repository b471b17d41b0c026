/**
 * What a backup has to know about our schema, asked of the migrations (what is ours) and of the database itself (what
 * it looks like): nothing to keep up to date by hand. Tables another program made beside ours are never touched.
 */
import pg from 'pg'
import type { Transaction } from './open.ts'
import type { Migration } from './schema.ts'

const quoted = (name: string) => pg.escapeIdentifier(name)

export interface Table {
  name: string
  columns: string[]
  partitioned: boolean
}

/** Names our migrations create, whether or not a later one dropped them again. */
export interface Own {
  relations: string[]
  routines: string[]
  types: string[]
}

export function ownObjects(migrations: readonly Migration[]): Own {
  const sql = migrations.map((migration) => migration.sql.replace(/--.*$/gm, '')).join('\n')
  const named = (kinds: string) =>
    [
      ...sql.matchAll(
        new RegExp(`\\bcreate\\s+(?:or\\s+replace\\s+)?(?:${kinds})\\s+(?:if\\s+not\\s+exists\\s+)?"?(\\w+)`, 'gi'),
      ),
    ].map((found) => found[1]!.toLowerCase())
  return {
    relations: named('(?:unlogged\\s+)?table|(?:materialized\\s+)?view|sequence'),
    routines: named('function|procedure'),
    types: named('type|domain'),
  }
}

const OURS = `c.relname = any($1) and c.relnamespace = current_schema()::regnamespace
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`

/** Tables that hold rows of ours; a partition's come through its parent, generated columns make themselves. */
export async function listTables(tx: Transaction, own: Own): Promise<Table[]> {
  const { rows } = await tx.query<Table>(
    `select c.relname as name, c.relkind = 'p' as partitioned,
        array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid
      where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'hub_migrations'
        and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      group by c.oid, c.relname, c.relkind order by c.relname`,
    [own.relations],
  )
  return rows
}

export async function listPartitions(
  tx: Transaction,
  own: Own,
): Promise<{ name: string; parent: string; bounds: string }[]> {
  const { rows } = await tx.query<{ name: string; parent: string; bounds: string }>(
    `select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bounds
       from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
      where c.relnamespace = current_schema()::regnamespace and c.relispartition and c.relkind in ('r', 'p') and p.relname = any($1)
      order by c.relname`,
    [own.relations],
  )
  return rows
}

/** Only those that were used: a fresh sequence has no last value. */
export async function listSequences(tx: Transaction, own: Own): Promise<{ name: string; value: string }[]> {
  const { rows } = await tx.query<{ name: string; value: string }>(
    `select s.sequencename as name, s.last_value::text as value from pg_sequences s
       join pg_class c on c.relname = s.sequencename and c.relnamespace = current_schema()::regnamespace
      where s.schemaname = current_schema() and s.last_value is not null and (c.relname = any($1) or exists
        (select from pg_depend d join pg_class t on t.oid = d.refobjid
          where d.objid = c.oid and d.deptype in ('a', 'i') and t.relname = any($1))) order by 1`,
    [own.relations],
  )
  return rows
}

/**
 * Does `work` without foreign keys and triggers, in any order of tables. Putting the keys back checks every row.
 * (`session_replication_role` would be simpler, and asks for a superuser.)
 */
export async function withoutGuards(tx: Transaction, own: Own, work: () => Promise<void>): Promise<void> {
  const { rows: keys } = await tx.query<{ name: string; table: string; definition: string }>(
    `select k.conname as name, c.relname as table, pg_get_constraintdef(k.oid) as definition
       from pg_constraint k join pg_class c on c.oid = k.conrelid
      where k.contype = 'f' and k.conparentid = 0 and c.relnamespace = current_schema()::regnamespace
        and c.relname = any($1)`,
    [own.relations],
  )
  const tables = await listTables(tx, own)
  for (const { name, table } of keys) await tx.query(`alter table ${quoted(table)} drop constraint ${quoted(name)}`)
  for (const { name } of tables) await tx.query(`alter table ${quoted(name)} disable trigger user`)
  await work()
  for (const { name } of tables) await tx.query(`alter table ${quoted(name)} enable trigger user`)
  for (const { name, table, definition } of keys) {
    await tx.query(`alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`)
  }
}

/** Removes what is ours, so that it can be made anew at another version; the record of migrations begins anew. */
export async function dropOwnObjects(tx: Transaction, own: Own): Promise<void> {
  const drop = async (statement: string, names: string[]) => {
    const { rows } = await tx.query<{ drop: string }>(statement, [names])
    for (const row of rows) await tx.query(row.drop)
  }
  await drop(
    `select format('drop %s if exists %I cascade', case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
        when 'S' then 'sequence' else 'table' end, c.relname) as drop
       from pg_class c where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'S') and not c.relispartition
        and c.relname <> 'hub_migrations' order by c.relkind = 'S'`,
    own.relations,
  )
  await drop(
    `select format('drop routine if exists %s cascade', p.oid::regprocedure) as drop
       from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.proname = any($1)`,
    own.routines,
  )
  await drop(
    `select format('drop type if exists %I cascade', t.typname) as drop
       from pg_type t where t.typnamespace = current_schema()::regnamespace and t.typtype in ('e', 'd', 'c')
        and t.typname = any($1)`,
    own.types,
  )
  await tx.query('delete from hub_migrations')
}
