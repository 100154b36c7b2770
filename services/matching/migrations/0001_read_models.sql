create table view.opportunities (
  opportunity uuid primary key,
  kind text not null,
  title text not null,
  host uuid not null,
  host_kind text not null,
  employer uuid not null,
  provider uuid,
  sector text not null,
  level text not null,
  standard text,
  area text not null,
  places bigint not null,
  places_left bigint not null,
  ringfenced boolean not null,
  supernumerary boolean not null,
  hours_per_week bigint not null,
  pay_pence_per_hour bigint not null,
  planned_count bigint not null,
  planned_unit text not null,
  starts_from date,
  closes_on date,
  requirements jsonb not null,
  opened_on date not null,
  opened uuid not null,
  changed uuid not null,
  reserved jsonb not null
);

create table view.referrals (
  person uuid primary key,
  referral uuid not null,
  route text not null,
  cause text not null,
  prior_referral uuid,
  sectors jsonb not null,
  level text not null,
  areas jsonb not null,
  population text not null,
  age_band text not null,
  interests jsonb not null,
  skills jsonb not null,
  received_on date not null,
  decide_by date not null,
  state text not null,
  placement uuid,
  because uuid not null
);

create index on view.referrals (referral);

create table view.matches (
  referral uuid primary key,
  person uuid not null,
  decide_by date not null,
  proposals jsonb not null,
  chosen jsonb,
  because uuid not null
);

create table view.arrangements (
  person uuid primary key,
  placement uuid not null,
  referral uuid not null,
  match uuid not null,
  opportunity uuid not null,
  follows uuid,
  kind text not null,
  host uuid not null,
  employer uuid not null,
  provider uuid,
  planned_start_on date not null,
  planned_end_on date not null,
  done jsonb not null,
  missing jsonb not null,
  state text not null,
  started_on date,
  ended_on date,
  ending text,
  because uuid not null
);
