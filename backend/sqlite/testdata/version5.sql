PRAGMA encoding = 'UTF-8';
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES('me','"anna"');
INSERT INTO settings VALUES('team.cursor','{"Pos":{"ep":"e","n":8},"Count":4,"Hash":[219,119,253,1,175,149,114,33,164,152,155,100,179,119,10,131,163,197,96,104,64,91,159,14,148,8,254,174,87,253,23,228],"Positions":[]}');
INSERT INTO settings VALUES('team.snapshot','{"N":2,"Hash":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}');
INSERT INTO settings VALUES('theme','"dark"');
CREATE TABLE channels (
  id    TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO channels VALUES('page','{"ID":"page","Kind":"messenger","Name":"Page","Address":"1001","Shared":true,"Installer":"anna","OpenSince":"0001-01-01T00:00:00Z","NotifySince":"0001-01-01T00:00:00Z","Email":{"imap":{"host":"","port":0,"security":"","username":""},"smtp":{"host":"","port":0,"security":"","username":""}},"WhatsApp":{"accountSid":"","apiKey":""},"Messenger":{"humanAgent":true},"SignIn":""}');
INSERT INTO channels VALUES('phone','{"ID":"phone","Kind":"whatsapp","Name":"WhatsApp","Address":"+31201234567","Shared":true,"Installer":"anna","OpenSince":"0001-01-01T00:00:00Z","NotifySince":"0001-01-01T00:00:00Z","Email":{"imap":{"host":"","port":0,"security":"","username":""},"smtp":{"host":"","port":0,"security":"","username":""}},"WhatsApp":{"accountSid":"","apiKey":""},"Messenger":{},"SignIn":""}');
INSERT INTO channels VALUES('shop','{"ID":"shop","Kind":"email","Name":"Bakery","Address":"info@bakery.example","Shared":true,"Installer":"anna","OpenSince":"0001-01-01T00:00:00Z","NotifySince":"0001-01-01T00:00:00Z","Email":{"imap":{"host":"","port":0,"security":"","username":""},"smtp":{"host":"","port":0,"security":"","username":""}},"WhatsApp":{"accountSid":"","apiKey":""},"Messenger":{},"SignIn":""}');
CREATE TABLE folders (
  id          INTEGER PRIMARY KEY,
  channel     TEXT NOT NULL,
  role        TEXT NOT NULL,
  name        TEXT NOT NULL,
  uidvalidity INTEGER NOT NULL,
  low         INTEGER NOT NULL,
  high        INTEGER NOT NULL,
  complete    INTEGER NOT NULL,
  total       INTEGER NOT NULL,
  done        INTEGER NOT NULL, cursor TEXT NOT NULL DEFAULT '',
  UNIQUE (channel, role)
) STRICT;
INSERT INTO folders VALUES(1,'shop','inbox','INBOX',1,0,0,0,0,0,'');
INSERT INTO folders VALUES(2,'phone','inbox','',0,0,0,1,0,0,'{"since":"2026-11-01"}');
CREATE TABLE locations (
  folder  INTEGER NOT NULL,
  uid     INTEGER NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (folder, uid)
) STRICT, WITHOUT ROWID;
CREATE TABLE sources (
  id        INTEGER PRIMARY KEY,
  key       TEXT NOT NULL UNIQUE,
  channel   TEXT NOT NULL,
  direction INTEGER NOT NULL,
  seen      INTEGER NOT NULL,
  gone      INTEGER NOT NULL,
  state     TEXT NOT NULL,
  reason    TEXT NOT NULL,
  problem   TEXT NOT NULL,
  remains   BLOB,
  raw       BLOB
) STRICT;
INSERT INTO sources VALUES(1880645865308538921,'phone:c.tfCwoW1pLNafq14g3eqDJA','phone',0,0,0,'received','','',NULL,X'0128b52ffd44006a00550700b251342420ad360200fa02b92534ac91d8fb19ff0d27c9df55306f5e9d25252d07c7400098018701d09b00540fd51a929c23ed5b872407a18b4e87be160719d2e4628b38ca7bed71de02c264d5e87063057236fa5a1c3c87f64d180bb5c8adefabc473e84d16949d225cdfa849e72ce1b1fe2cf5c541874b71cf390b884d82b01e27369e37aca56ca96331b0a5604cd16016b31edb59bd98299ed506050d828186610dd608ac43b894e31c9caf6fd414bee8d1443de7925b972617234b39e7fcbd06639348ac3b928338678f8575c79d4c8ff812070083a10c9e410fbc1f6c0158c2964e6548b6509d011969af91');
INSERT INTO sources VALUES(1880645865308920467,'shop:one','shop',0,0,0,'received','','',NULL,X'0128b52ffd4400bc007508004252372410cb560086bbe63292635d1df5e3ec793e6a8161987ed3f23a1a7de244e00a0000004e059bb58e97911d545ef42243787b1364bcbdc7438f582996f3da41f090f3dd591a9b736165af0d1ecf809511cb79854979e740d099983f5e4fcc1f2b2f673ddb192693a4315ac36a6193896f601305845ea4b0868f95244d6f0d9f8c7479c46ae3b5948f14cac2ca972e8e618e887770caa9299814597320e8dc3188d7770c62cddac128a0baaa87a5aa5ecf778995135477e906e8b3f4b0d60120a109afe7e2719a0c62e51779fd6034db63e490fe1eb334acec75e605d60411004115c315294e8b1718c24d07332990dd42a4ab3420083ca39823ce5a8642a85175039713142e811a020cd30e4c3d2a1b');
INSERT INTO sources VALUES(1880645928222924464,'phone:c.5wNMPoKItW2oFY5nYBfjVg','phone',1,1,0,'failed','It did not arrive.','',NULL,X'0128b52ffd04002d040092891e2050873802834a7a9fd25c5a7d93e7edd1a86a2afe01ac21e5004d1e471585d217836946d8b630d6b7e0edf94329654a15cab114b216a230c5d6b79dd30925ee398d500e86842dc556525887a0f738b7385f7f4c6b2ce94c7c02ce7720ae37112ec07ba03b779c066d5ba275d74081f38534515c77f05c3ac1520210052c93b3856630dea415');
INSERT INTO sources VALUES(1880645928223328906,'shop:two','shop',1,1,0,'needs_attention','','',NULL,X'0128b52ffd4400c400a508007212382430c9360080a2942398191687119764014408fd0cd54ba200a757fb76828fb917111105069b671d2f233ba8bce94586f0f62aa8f0923cce91b57c7b8f97fef04240ce6b064143ce7767696c1a34a2012f1f20e71526e59d234167621e793d318fbc0c39ebd9ae30a9204dd1165e924dbc8353560dc1a8c85a640d232f8aaade1a4619eaf287d7c66b291f299484974f5d1cc3fc90895f60130494dee448d0b9630eafef98c39ab583514075550d8faa7a3ddf215e4e505d483740a3470dcf63008014f27a261eabc91c5e9e15f4fac169b6c78941fd3d665978d9ebcc0bac0912005614630472f894207824361d420a721ab2c86b21c755f010a438a350220ef885a2dd5014024712142e04353018a61d76c553c6');
CREATE TABLE aliases (
  key     TEXT PRIMARY KEY,
  message INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO aliases VALUES('phone:c.cMdBTEGzZ-YSA-A_90ebxQ',1880645928222924464);
CREATE TABLE log (
  pos    INTEGER PRIMARY KEY AUTOINCREMENT,
  id     TEXT NOT NULL,
  record BLOB NOT NULL
) STRICT;
INSERT INTO log VALUES(1,'l1',X'6c6f67207265636f7264');
CREATE TABLE epochs (
  n    INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO epochs VALUES(1,'e');
CREATE TABLE purges (
  key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE pending (
  seq    INTEGER PRIMARY KEY AUTOINCREMENT,
  id     TEXT NOT NULL UNIQUE,
  record BLOB NOT NULL,
  made   INTEGER NOT NULL
) STRICT;
INSERT INTO pending VALUES(3,'r3',X'7233',1793523600000);
CREATE TABLE drafts (
  message INTEGER PRIMARY KEY,
  saved   INTEGER NOT NULL,
  value   TEXT NOT NULL
, began INTEGER NOT NULL DEFAULT 0, answers TEXT NOT NULL DEFAULT '[]') STRICT;
INSERT INTO drafts VALUES(1880645865308920467,1793523600000,'{"to":null,"cc":null,"bcc":null,"replyAll":false,"subject":"","text":"kept","attachments":null,"templateId":"","variables":null}',1793523600000,'[]');
CREATE TABLE outbox (
  message    INTEGER PRIMARY KEY,
  channel    TEXT NOT NULL,
  state      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  attempts   INTEGER NOT NULL,
  doubt      INTEGER NOT NULL,
  queued     INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  next_try   INTEGER NOT NULL,
  sent_at    INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  hash       INTEGER NOT NULL,
  sender     TEXT NOT NULL,
  recipients TEXT NOT NULL,
  wire       BLOB NOT NULL,
  filed      BLOB NOT NULL,
  draft      TEXT NOT NULL
) STRICT;
INSERT INTO outbox VALUES(1880645928222924464,'phone','filed','',0,0,1793523600000,0,0,1793523600000,'own-1',408368316516196591,'+31201234567','["+31612345678"]',X'',X'','{"to":null,"cc":null,"bcc":null,"replyAll":false,"subject":"","text":"Chat 2","attachments":null,"templateId":"","variables":null,"humanAgent":false}');
INSERT INTO outbox VALUES(1880645928223328906,'shop','needs_attention','',0,0,1793523600000,0,0,0,'m2@example',913202032925645949,'info@bakery.example','["carla@customer.example"]',X'77697265',X'7b224b6579223a22222c224368616e6e656c223a22222c22446972656374696f6e223a226f7574222c224e6174757265223a22222c224174223a22323032362d31312d30315430393a30323a30305a222c2253656e74223a22303030312d30312d30315430303a30303a30305a222c2246726f6d223a7b224e616d65223a224e616d65206f6620696e666f4062616b6572792e6578616d706c65222c2241646472657373223a22696e666f4062616b6572792e6578616d706c65227d2c225265706c79546f223a6e756c6c2c22546f223a5b7b224e616d65223a22222c2241646472657373223a226361726c6140637573746f6d65722e6578616d706c65227d5d2c224363223a6e756c6c2c22426363223a6e756c6c2c225375626a656374223a225375626a6563742032222c2254657874223a2254657874206f66206d65737361676520322e222c2248544d4c223a22222c224174746163686d656e7473223a6e756c6c2c224d6573736167654944223a226d32406578616d706c65222c225265666572656e636573223a5b226d31406578616d706c65225d2c22426f756e6365223a6e756c6c2c225761726e696e6773223a6e756c6c2c22506172736572223a317d','{"to":null,"cc":null,"bcc":null,"replyAll":false,"subject":"","text":"x","attachments":null,"templateId":"","variables":null}');
CREATE TABLE files (
  id   TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE names (
  key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE records (
  n      INTEGER PRIMARY KEY,
  id     TEXT NOT NULL UNIQUE,
  epoch  INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  hash   BLOB NOT NULL,
  record BLOB
) STRICT;
INSERT INTO records VALUES(1,'b1',1,2,X'7dc96f776c8423e57a2785489a3f9c43fb6e756876d6ad9a9cac4aa4e72ec193',X'6279746573206f66206231');
INSERT INTO records VALUES(3,'r1',1,6,X'82f3e9c695dc6b8d1b11818d5701919e286de8d47f7c3eb3100c485f79e57828',X'6279746573206f66207231');
INSERT INTO records VALUES(4,'r2',1,8,X'db77fd01af957221a4989b64b3770a83a3c56068405b9f0e9408feae57fd17e4',X'6279746573206f66207232');
CREATE TABLE checkpoints (
  n     INTEGER PRIMARY KEY,
  state BLOB NOT NULL
) STRICT;
INSERT INTO checkpoints VALUES(2,X'7374617465');
CREATE TABLE bases (
  seq          INTEGER PRIMARY KEY,
  anchor       TEXT NOT NULL UNIQUE,
  conversation INTEGER,
  value        BLOB NOT NULL
) STRICT;
INSERT INTO bases VALUES(1,'shop:one',1880645865308920467,X'010462312e3001003d01046272616d066272616d2d31000090ff9bd706007b2274223a22636c6f7365222c2263223a2273686f703a6f6e65222c22636f76657273223a5b5d7d');
CREATE TABLE recent (
  id TEXT PRIMARY KEY,
  n  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO recent VALUES('b1',1);
INSERT INTO recent VALUES('b2',2);
CREATE TABLE reports (
  id     TEXT PRIMARY KEY,
  anchor TEXT NOT NULL,
  told   INTEGER NOT NULL,
  value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO reports VALUES('r2.0','shop:one',0,'{"ID":"r2.0","At":"2026-11-01T09:00:00Z","Author":"anna","Kind":"assign","To":"bram","Void":"first_wins","First":"anna","Stands":"anna","Pending":false}');
CREATE TABLE "decisions" (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  record       TEXT NOT NULL,
  book         INTEGER NOT NULL,
  n            INTEGER,
  idx          INTEGER NOT NULL,
  anchor       TEXT NOT NULL,
  conversation INTEGER,
  told         INTEGER NOT NULL,
  value        BLOB NOT NULL
) STRICT;
INSERT INTO decisions VALUES(1,'b1.0','',2,1,0,'shop:one',1880645865308920467,1,X'01046272616d066272616d2d31000090ff9bd706007b2274223a22636c6f7365222c2263223a2273686f703a6f6e65222c22636f76657273223a5b5d7d');
INSERT INTO decisions VALUES(2,'r1.0','r1',0,3,0,'shop:one',1880645865308920467,0,X'0104616e6e6106616e6e612d31000090ff9bd706007b2274223a2261737369676e222c2263223a2273686f703a6f6e65222c22746f223a22616e6e61222c22776173223a22227d');
INSERT INTO decisions VALUES(3,'r2.0','r2',0,4,0,'shop:one',1880645865308920467,1,X'0104616e6e6106616e6e612d31000090ff9bd706007b2274223a2261737369676e222c2263223a2273686f703a6f6e65222c22746f223a226272616d222c22776173223a22227d');
INSERT INTO decisions VALUES(6,'r3.0','r3',0,NULL,0,'shop:one',1880645865308920467,0,X'0104616e6e6106616e6e612d31000090ff9bd706007b2274223a226e6f7465222c2263223a2273686f703a6f6e65222c2274657874223a226e227d');
INSERT INTO decisions VALUES(7,'p1.0','',1,1,0,'shop:one',1880645865308920467,1,X'0104616e6e6106616e6e612d31000090ff9bd706007b2274223a226e6f7465222c2263223a2273686f703a6f6e65222c2274657874223a2270726976617465227d');
INSERT INTO decisions VALUES(8,'r2.1','',0,4,1,'crm:person/p1',NULL,1,X'01046272616d066272616d2d31000390ff9bd706007b2274223a2263726d2e656e74697479222c226964223a227031222c226b696e64223a22706572736f6e222c22736574223a7b22656d61696c73223a226361726c6140637573746f6d65722e6578616d706c65222c226e616d65223a224361726c61204d65696a6572222c2270686f6e6573223a2230363132333435363738227d7d');
INSERT INTO decisions VALUES(9,'r2.2','',0,4,2,'crm:note/n1',NULL,1,X'01046272616d066272616d2d31000390ff9bd706007b2274223a2263726d2e6e6f7465222c226964223a226e31222c226f6e223a7b226b696e64223a22706572736f6e222c226964223a227031227d2c2274657874223a2261206e6f7465222c226d61726b6572223a226e6f74653d6162632e227d');
INSERT INTO decisions VALUES(10,'r2.3','',0,4,3,'shop:one',1880645865308920467,1,X'01046272616d066272616d2d31000390ff9bd706007b2274223a2263726d2e6c696e6b222c2263223a2273686f703a6f6e65222c2270726f7669646572223a226275696c74696e222c226b696e64223a22706572736f6e222c22746172676574223a227031222c227469746c65223a224361726c61227d');
INSERT INTO decisions VALUES(11,'p2.0','',1,2,0,'shop:one',1880645865308920467,1,X'0104616e6e6106616e6e612d31000190ff9bd706007b2274223a2263726d2e6c696e6b222c2263223a2273686f703a6f6e65222c2270726f7669646572223a227069706564726976653a31222c226b696e64223a226465616c222c22746172676574223a2237222c227469746c65223a22466c6f7572227d');
INSERT INTO decisions VALUES(12,'r9.0','',0,4,9,'phone:c.cMdBTEGzZ-YSA-A_90ebxQ',1880645865308538921,1,X'0104616e6e6100000090ff9bd706007b2274223a22636f6e746163742e6e616d65222c2263223a2270686f6e653a632e634d64425445477a5a2d5953412d415f393065627851222c226e616d65223a225a6fc3ab222c22776173223a22227d');
CREATE TABLE notifications (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  event        TEXT NOT NULL,
  member       TEXT NOT NULL,
  medium       TEXT NOT NULL,
  occasion     TEXT NOT NULL,
  conversation TEXT NOT NULL,
  thread       TEXT NOT NULL,
  channel      TEXT NOT NULL,
  at           INTEGER NOT NULL,
  outcome      TEXT NOT NULL,
  reason       TEXT NOT NULL,
  detail       TEXT NOT NULL,
  contact      TEXT NOT NULL,
  due          INTEGER NOT NULL,
  decided      INTEGER NOT NULL,
  made         INTEGER NOT NULL,
  UNIQUE (event, member, medium)
) STRICT;
INSERT INTO notifications VALUES(1,'shop:one','anna','desktop','unassigned','shop:one','913202032925645a','shop',1793523660000,'shown','do_not_disturb','','carla@customer.example',0,1793523661000,1793523661000);
INSERT INTO notifications VALUES(2,'shop:one','bram','email','unassigned','shop:one','913202032925645a','shop',1793523660000,'failed','mail_failed','550 no','carla@customer.example',0,1793523700000,1793523661000);
INSERT INTO notifications VALUES(4,'r1.0','anna','email','assignedToMe','shop:one','913202032925645a','shop',1793523600000,'','','','carla@customer.example',1793523630000,0,1793523661000);
CREATE TABLE crm_creations (
  id           TEXT PRIMARY KEY,
  conversation TEXT NOT NULL,
  made         INTEGER NOT NULL,
  value        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO crm_creations VALUES('c1','shop:one',1793523600000,'{"ID":"c1","Conversation":"shop:one","Provider":"pipedrive:1","Draft":{"Kind":"deal","Title":"Flour","Name":"Carla","Email":"","Phone":"","Organization":"","PersonID":"","Value":"3250.00","Currency":"","Stage":"","Label":"","Owner":"anna"},"At":"2026-11-01T09:00:00Z","Tried":"2026-11-01T09:00:01Z","Trouble":"no"}');
CREATE TABLE crm_matches (
  provider TEXT NOT NULL,
  contact  TEXT NOT NULL,
  at       INTEGER NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (provider, contact)
) STRICT;
INSERT INTO crm_matches VALUES('builtin','carla@customer.example',1793523600000,'[{"kind":"person","id":"p1","Title":"Carla","Emails":["carla@customer.example"],"Phones":null,"Organization":"","Person":"","PersonID":"","Value":"12.50","Currency":"","Stage":"","Status":"","Label":"","Owner":"","URL":"","Created":"2026-11-01T09:00:00Z","Updated":"0001-01-01T00:00:00Z"}]');
CREATE TABLE crm_seen_notes (
  provider TEXT NOT NULL,
  note     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (provider, note)
) STRICT;
INSERT INTO crm_seen_notes VALUES('builtin','note1',1793523600000,'{"ID":"note1","On":{"kind":"person","id":"p1"},"Content":"","Text":"what Carla wrote","Version":"v","Deleted":false}');
CREATE TABLE crm_seen_records (
  provider TEXT NOT NULL,
  kind     TEXT NOT NULL,
  target   TEXT NOT NULL,
  at       INTEGER NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (provider, kind, target)
) STRICT;
INSERT INTO crm_seen_records VALUES('builtin','person','p1',1793523600000,'{"kind":"person","id":"p1","Title":"Carla","Emails":["carla@customer.example"],"Phones":null,"Organization":"","Person":"","PersonID":"","Value":"","Currency":"","Stage":"","Status":"","Label":"","Owner":"","URL":"","Created":"2026-11-01T09:00:00Z","Updated":"0001-01-01T00:00:00Z"}');
CREATE TABLE provided (
  message  INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  detail   TEXT NOT NULL
) STRICT;
INSERT INTO provided VALUES(1880645928222924464,'SM2','Twilio 63024');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('log',1);
INSERT INTO sqlite_sequence VALUES('epochs',1);
INSERT INTO sqlite_sequence VALUES('pending',3);
INSERT INTO sqlite_sequence VALUES('decisions',12);
INSERT INTO sqlite_sequence VALUES('notifications',4);
CREATE INDEX locations_message ON locations (message);
CREATE INDEX outbox_state ON outbox (state, next_try);
CREATE INDEX outbox_hash ON outbox (hash);
CREATE INDEX bases_conversation ON bases (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX reports_open ON reports (told) WHERE told = 0;
CREATE INDEX decisions_conversation ON decisions (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX decisions_dormant ON decisions (anchor) WHERE conversation IS NULL;
CREATE INDEX decisions_order ON decisions (book, n) WHERE n IS NOT NULL;
CREATE INDEX decisions_pending ON decisions (record) WHERE n IS NULL;
CREATE INDEX decisions_behind ON decisions (anchor) WHERE book = 2;
CREATE INDEX notifications_conversation ON notifications (conversation);
CREATE INDEX notifications_history ON notifications (at) WHERE outcome != '';
CREATE INDEX notifications_member ON notifications (member, at) WHERE outcome != '';
CREATE INDEX notifications_waiting ON notifications (medium, due) WHERE due != 0 OR outcome = '';
CREATE INDEX notifications_alerts ON notifications (member, contact, decided) WHERE outcome IN ('sent', 'unknown');
CREATE INDEX notifications_made ON notifications (made);
CREATE INDEX crm_creations_conversation ON crm_creations (conversation);
CREATE INDEX crm_matches_contact ON crm_matches (contact);
CREATE INDEX crm_matches_at ON crm_matches (at);
CREATE INDEX aliases_message ON aliases (message);
COMMIT;
PRAGMA user_version = 5;
