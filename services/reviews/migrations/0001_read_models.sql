create table view.deadlines (
  deadline uuid primary key,
  what text not null,
  person uuid not null,
  due_by date not null,
  waits jsonb not null
);

create index on view.deadlines (due_by);

create table view.placements (
  placement uuid primary key,
  person uuid not null,
  referral uuid not null,
  kind text not null,
  host uuid not null,
  started_on date not null,
  planned_end_on date not null,
  first_review uuid not null,
  first_review_due_by date not null,
  opened uuid not null,
  state text not null,
  ended_on date,
  ended uuid
);

create index on view.placements (person);

create table view.reviews (
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
  escalated_to text
);
