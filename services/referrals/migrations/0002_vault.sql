create schema vault;

create table vault.identity (
  person uuid primary key,
  name text not null,
  date_of_birth date not null,
  contact text not null
);

grant usage on schema vault to referrals_service;
grant select, insert on vault.identity to referrals_service;
