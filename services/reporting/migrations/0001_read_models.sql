create table view.caseload (
  person uuid primary key,
  stage text not null,
  since date not null,
  because uuid not null,
  owner uuid,
  owner_because uuid,
  next_what text,
  next_due_by date,
  next_because uuid,
  known jsonb not null
);

create table view.stage1_agenda (
  person uuid primary key,
  discuss_by date,
  items jsonb not null,
  closed jsonb not null,
  last jsonb
);

create table view.stage1_meetings (
  meeting uuid primary key,
  planned_on date not null,
  scheduled uuid not null,
  held_on date,
  held uuid
);

create table view.reviews_due (
  person uuid primary key,
  review uuid not null,
  placement uuid,
  basis text not null,
  clock text not null,
  last_held_on date,
  due_by date not null,
  scheduled uuid not null,
  planned_on date not null,
  because uuid not null,
  brought_forward uuid,
  overdue jsonb not null
);

create table view.risk_watchlist (
  placement uuid primary key,
  person uuid not null,
  referral uuid not null,
  kind text not null,
  started_on date not null,
  opened uuid not null,
  level text not null,
  respond_by date,
  signals jsonb not null,
  raises jsonb not null
);

create index on view.risk_watchlist (person);

create table view.timeline (
  event uuid primary key,
  person uuid,
  occurred_on date not null,
  recorded timestamptz not null,
  sentence text not null,
  service text not null,
  type text not null,
  position bigint,
  correlation uuid,
  causation text not null
);

create index on view.timeline (person, occurred_on);

create index on view.timeline (correlation);

create table view.person (
  person uuid primary key,
  registered_on date,
  registered_because uuid,
  population text,
  age_band text,
  in_scheme boolean,
  status text,
  status_on date,
  status_because uuid,
  sectors jsonb not null,
  level text,
  areas jsonb not null,
  profile_because uuid,
  referral uuid,
  route text,
  owner uuid,
  referral_because uuid,
  placement uuid,
  kind text,
  started_on date,
  planned_end_on date,
  placement_because uuid,
  plan_version bigint,
  plan_because uuid
);

create table view.tasks (
  person uuid primary key,
  tasks jsonb not null,
  statuses jsonb not null
);

create table view.counts (
  referral uuid primary key,
  person uuid not null,
  route text,
  cause text,
  prior uuid,
  made uuid,
  made_on date,
  received uuid,
  kind text,
  started uuid,
  started_on date,
  outcome text,
  closed uuid,
  closed_on date
);

create table view.placement_outcomes (
  placement uuid primary key,
  person uuid not null,
  kind text,
  started uuid,
  started_on date,
  raised uuid,
  raised_on date,
  ending text,
  ended uuid,
  ended_on date,
  last_day_on date,
  reason_group text,
  initiated_by text,
  positive_move boolean not null
);

create table view.review_outcomes (
  review uuid primary key,
  person uuid not null,
  placement uuid,
  due_by date not null,
  scheduled uuid not null,
  brought_forward uuid,
  forward_for uuid,
  held uuid,
  held_on date,
  days_late bigint
);

create table view.handovers (
  person uuid primary key,
  waiting jsonb not null,
  early jsonb not null
);

create table view.operations (
  log uuid primary key,
  service text not null,
  passed_to bigint not null,
  blocks bigint not null,
  passed_on date,
  passed uuid,
  failures jsonb not null
);
