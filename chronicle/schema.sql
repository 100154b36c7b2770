create schema chronicle;

create table chronicle.log (
  id uuid primary key default gen_random_uuid(), service text not null);
create unique index log_one_row on chronicle.log ((true));

create table chronicle.event (
  ticket bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  stream text collate "C" not null, version int not null,
  type text not null, event_id uuid not null, recorded timestamptz not null,
  key text not null, meta bytea not null,
  body bytea not null check (octet_length(body) <= 262144),
  trace text,
  primary key (stream, version));
create unique index event_ticket on chronicle.event (ticket);
create index event_xid on chronicle.event (xid);
create unique index event_id on chronicle.event (event_id);

create table chronicle.command (id uuid primary key, result jsonb not null);

create table chronicle.anchor (
  anchor int primary key, cluster bigint not null, floor_ticket bigint not null,
  snap pg_snapshot not null, why text not null, at timestamptz not null);

create table chronicle.block (
  block_no bigint primary key, anchor int not null, first_pos bigint not null unique,
  n int not null check (n > 0), tickets bigint[] not null, min_ticket bigint not null,
  max_ticket bigint not null, root bytea not null, hash bytea not null,
  snap pg_snapshot not null, sealed_at timestamptz not null);
create index block_min_ticket on chronicle.block (min_ticket);

create table chronicle.seal (
  seal_no bigint primary key, first_block bigint not null unique, last_block bigint not null,
  body bytea not null, signature bytea not null, published boolean not null default false);

create table chronicle.witness (
  log uuid, seal_no bigint, service text not null, last_pos bigint not null,
  body bytea not null, signature bytea not null, primary key (log, seal_no));

create table chronicle.inbox (
  consumer text, source text, event_id text, primary key (consumer, source, event_id));

create table chronicle.cursor (
  name text primary key, epoch int not null, position bigint not null) with (fillfactor = 70);

create table chronicle.parked (
  consumer text, source text, event_id text,
  kind text not null check (kind in ('parked', 'quarantined')),
  key bytea, topic text, partition int, "offset" bigint,
  headers json not null, value bytea,
  reason text not null, detail jsonb, attempts int not null, first_seen timestamptz not null,
  state text not null default 'held' check (state in ('held', 'released', 'dropped')),
  mended bytea, decided_by text, decided_why text,
  primary key (consumer, source, event_id));
create index parked_held on chronicle.parked (consumer, key)
  where kind = 'parked' and state = 'held';

create table chronicle.origin (
  log uuid, position bigint, event_id uuid not null unique, primary key (log, position));
create table chronicle.heard (
  log uuid primary key, service text not null, positions int8multirange not null);
create table chronicle.unread (
  read_model text, position bigint, reason text not null, primary key (read_model, position));

create table chronicle.migration (name text primary key, at timestamptz not null);

create function chronicle.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'chronicle.% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create function chronicle.append_only(name text) returns void language plpgsql as $$
begin
  execute format('create trigger append_only before update or delete or truncate on chronicle.%I
    for each statement execute function chronicle.refuse_change()', name);
  execute format('alter table chronicle.%I enable always trigger append_only', name);
end $$;

select chronicle.append_only(t) from unnest(array[
  'event', 'block', 'anchor', 'log', 'command', 'inbox', 'witness', 'origin']) t;

alter table chronicle.event set (
  autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_freeze_min_age = 0);

-- one call for all that waits: each request wins or loses as a whole, and the winners come back
create function chronicle.append_many(
  c uuid[], s text[], e int[], n int[], ty text[], i uuid[], at timestamptz[], k text[],
  m bytea[], b bytea[], tr text[]) returns setof int language sql as $$
with req as (
  select r::int, c, s, e, n, (sum(n) over (order by r) - n)::int as o
  from unnest(c, s, e, n) with ordinality u(c, s, e, n, r)),
fresh as (
  select * from req where (select true from chronicle.command q where q.id = req.c) is null),
claim as (
  insert into chronicle.event (stream, version, type, event_id, recorded, key, meta, body, trace)
  select s, e + 1, ty[o+1], i[o+1], at[o+1], k[o+1], m[o+1], b[o+1], tr[o+1] from fresh
  where e = 0
     or (select true from chronicle.event v where v.stream = s and v.version = e)
  order by s, e on conflict (stream, version) do nothing returning stream, version),
win as (
  select fresh.* from fresh join claim
  on claim.stream = fresh.s and claim.version = fresh.e + 1),
rest as (
  insert into chronicle.event (stream, version, type, event_id, recorded, key, meta, body, trace)
  select s, e + j, ty[o+j], i[o+j], at[o+j], k[o+j], m[o+j], b[o+j], tr[o+j]
  from win, generate_series(2, n) j order by s, j),
done as (
  insert into chronicle.command (id, result)
  select c, jsonb_build_array(jsonb_build_array(s, e + n)) from win)
select r from win $$;
