create table view.meetings (
  meeting uuid primary key,
  series text not null,
  planned_on date not null,
  within_team_meeting boolean not null,
  extraordinary boolean not null,
  scheduled uuid not null,
  held uuid,
  held_on date,
  chair_role text,
  attendee_roles jsonb not null,
  quorate boolean
);
