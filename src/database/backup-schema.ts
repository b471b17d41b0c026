/** What a backup has to know about our schema, asked of the database itself: nothing to keep up to date by hand. */
import pg from 'pg'
import type { Transaction } from './open.ts'

const quoted = (name: string) => pg.escapeIdentifier(name)

export interface Table {
  name: string
  columns: string[]
  partitioned: boolean
}

const OURS = `relnamespace = current_schema()::regnamespace
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`

/** Tables that hold rows of ours; a partition's come through its parent, generated columns make themselves. */
export async function listTables(tx: Transaction): Promise<Table[]> {
  const { rows } = await tx.query<Table>(
    `select c.relname as name, c.relkind = 'p' as partitioned,
        array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid
      where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'hub_migrations'
        and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      group by c.oid, c.relname, c.relkind order by c.relname`,
  )
  return rows
}

export async function listPartitions(tx: Transaction): Promise<{ name: string; parent: string; bounds: string }[]> {
  const { rows } = await tx.query<{ name: string; parent: string; bounds: string }>(
    `select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bounds
       from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
      where c.relnamespace = current_schema()::regnamespace and c.relispartition and c.relkind in ('r', 'p')
      order by c.relname`,
  )
  return rows
}

/** Only those that were used: a fresh sequence has no last value. */
export async function listSequences(tx: Transaction): Promise<{ name: string; value: string }[]> {
  const { rows } = await tx.query<{ name: string; value: string }>(
    `select sequencename as name, last_value::text as value from pg_sequences
      where schemaname = current_schema() and last_value is not null order by 1`,
  )
  return rows
}

/**
 * Does `work` without foreign keys and triggers, in any order of tables. Putting the keys back checks every row.
 * (`session_replication_role` would be simpler, and asks for a superuser.)
 */
export async function withoutGuards(tx: Transaction, work: () => Promise<void>): Promise<void> {
  const { rows: keys } = await tx.query<{ name: string; table: string; definition: string }>(
    `select k.conname as name, c.relname as table, pg_get_constraintdef(k.oid) as definition
       from pg_constraint k join pg_class c on c.oid = k.conrelid
      where k.contype = 'f' and k.conparentid = 0 and c.relnamespace = current_schema()::regnamespace`,
  )
  const tables = await listTables(tx)
  for (const { name, table } of keys) await tx.query(`alter table ${quoted(table)} drop constraint ${quoted(name)}`)
  for (const { name } of tables) await tx.query(`alter table ${quoted(name)} disable trigger user`)
  await work()
  for (const { name } of tables) await tx.query(`alter table ${quoted(name)} enable trigger user`)
  for (const { name, table, definition } of keys) {
    await tx.query(`alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`)
  }
}

/** Removes everything in our schema that no extension owns, so that it can be made anew at another version. */
export async function dropOwnObjects(tx: Transaction): Promise<void> {
  await tx.query(
    `do $$
     declare one record;
     begin
       for one in select c.relname, c.relkind from pg_class c
                   where ${OURS} and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition loop
         execute format('drop %s if exists %I cascade', case one.relkind when 'v' then 'view'
           when 'm' then 'materialized view' else 'table' end, one.relname);
       end loop;
       for one in select c.relname from pg_class c where ${OURS} and c.relkind = 'S' loop
         execute format('drop sequence if exists %I cascade', one.relname);
       end loop;
       for one in select p.oid::regprocedure as signature from pg_proc p
                   where p.pronamespace = current_schema()::regnamespace and not exists
                     (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') loop
         execute format('drop routine if exists %s cascade', one.signature);
       end loop;
       for one in select t.typname from pg_type t
                   where t.typnamespace = current_schema()::regnamespace and t.typtype in ('e', 'd') and not exists
                     (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e') loop
         execute format('drop type if exists %I cascade', one.typname);
       end loop;
     end $$`,
  )
}
