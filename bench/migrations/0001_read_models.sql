create table view.shelf (
  book uuid primary key,
  place text not null,
  words text not null,
  events bigint not null
);
