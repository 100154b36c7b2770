-- {service} stands for the service's name, because roles belong to the cluster.
create schema view authorization {service}_projector;
create schema view_next authorization {service}_projector;
grant usage on schema chronicle to
  {service}_service, {service}_sequencer, {service}_relay, {service}_projector, {service}_auditor;
grant usage on schema view to {service}_service;
alter default privileges for role {service}_projector in schema view, view_next
  grant select on tables to {service}_service;

grant select on all tables in schema chronicle to
  {service}_service, {service}_sequencer, {service}_auditor;

grant insert (stream, version, type, event_id, recorded, key, meta, body, trace)
  on chronicle.event to {service}_service;
grant insert on chronicle.command, chronicle.inbox, chronicle.parked, chronicle.cursor,
  chronicle.witness, chronicle.origin, chronicle.heard to {service}_service;
grant update (epoch, position) on chronicle.cursor to {service}_service;
grant update (state, attempts, mended, decided_by, decided_why)
  on chronicle.parked to {service}_service;
grant update (positions) on chronicle.heard to {service}_service;

grant insert on chronicle.block, chronicle.seal to {service}_sequencer;

grant select on chronicle.event, chronicle.block, chronicle.log, chronicle.seal, chronicle.cursor
  to {service}_relay;
grant insert on chronicle.cursor to {service}_relay;
grant update (epoch, position) on chronicle.cursor to {service}_relay;
grant update (published) on chronicle.seal to {service}_relay;

grant select on chronicle.event, chronicle.block, chronicle.log, chronicle.cursor
  to {service}_projector;
grant insert on chronicle.cursor to {service}_projector;
grant update (epoch, position) on chronicle.cursor to {service}_projector;
grant select, insert, delete on chronicle.unread to {service}_projector;
