create table view.plots (
  holder uuid primary key,
  plot bigint not null,
  until date,
  taken_at timestamptz not null,
  beds jsonb not null,
  newest jsonb,
  ripe boolean not null,
  because uuid not null
);
create table view.plantings (
  event uuid primary key,
  holder uuid not null,
  crop text not null,
  position bigint not null
);
