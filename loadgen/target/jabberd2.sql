-- The tables that jabberd2's storage and authreg look for, with the keys that they are asked by.
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE "authreg" ("username" TEXT NOT NULL, "realm" TEXT NOT NULL, "password" TEXT);
CREATE TABLE "active" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "time" INTEGER NOT NULL DEFAULT 0);
CREATE TABLE "logout" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "time" INTEGER NOT NULL DEFAULT 0);
CREATE TABLE "roster-items" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
	"jid" TEXT NOT NULL, "name" TEXT, "to" BOOLEAN NOT NULL, "from" BOOLEAN NOT NULL, "ask" INTEGER NOT NULL);
CREATE TABLE "roster-groups" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "jid" TEXT NOT NULL, "group" TEXT NOT NULL);
CREATE TABLE "published-roster" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
	"jid" TEXT NOT NULL, "group" TEXT, "name" TEXT, "to" BOOLEAN NOT NULL, "from" BOOLEAN NOT NULL, "ask" INTEGER NOT NULL);
CREATE TABLE "published-roster-groups" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "groupname" TEXT NOT NULL);
CREATE TABLE "vcard" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
	"fn" TEXT, "nickname" TEXT, "url" TEXT, "tel" TEXT, "email" TEXT, "jabberid" TEXT, "mailer" TEXT, "title" TEXT, "role" TEXT, "bday" TEXT, "tz" TEXT,
	"n-family" TEXT, "n-given" TEXT, "n-middle" TEXT, "n-prefix" TEXT, "n-suffix" TEXT,
	"adr-street" TEXT, "adr-extadd" TEXT, "adr-pobox" TEXT, "adr-locality" TEXT, "adr-region" TEXT, "adr-pcode" TEXT, "adr-country" TEXT,
	"geo-lat" TEXT, "geo-lon" TEXT, "org-orgname" TEXT, "org-orgunit" TEXT, "agent-extval" TEXT, "sort-string" TEXT, "desc" TEXT, "note" TEXT, "uid" TEXT,
	"photo-type" TEXT, "photo-binval" TEXT, "photo-extval" TEXT, "logo-type" TEXT, "logo-binval" TEXT, "logo-extval" TEXT,
	"sound-phonetic" TEXT, "sound-binval" TEXT, "sound-extval" TEXT, "key-type" TEXT, "key-cred" TEXT, "rev" TEXT);
CREATE TABLE "queue" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "xml" TEXT NOT NULL);
CREATE TABLE "private" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "ns" TEXT, "xml" TEXT);
CREATE TABLE "motd-message" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "xml" TEXT NOT NULL);
CREATE TABLE "motd-times" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "time" INTEGER NOT NULL);
CREATE TABLE "privacy-default" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "default" TEXT);
CREATE TABLE "privacy-items" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
	"list" TEXT NOT NULL, "type" TEXT, "value" TEXT, "deny" BOOL, "order" INTEGER, "block" INTEGER);
CREATE TABLE "vacation-settings" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "start" INTEGER, "end" INTEGER, "message" TEXT);
CREATE TABLE "status" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
	"status" TEXT NOT NULL, "show" TEXT, "last-login" INTEGER DEFAULT 0, "last-logout" INTEGER DEFAULT 0, "xml" TEXT);
CREATE TABLE "verify" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY, "email" TEXT NOT NULL, "code" TEXT, "state" INTEGER DEFAULT 0);
CREATE INDEX "by-username" ON "authreg" ("username");
CREATE INDEX "active-by-owner" ON "active" ("collection-owner");
CREATE INDEX "logout-by-owner" ON "logout" ("collection-owner");
CREATE INDEX "roster-by-owner" ON "roster-items" ("collection-owner");
CREATE INDEX "groups-by-owner" ON "roster-groups" ("collection-owner", "jid");
CREATE INDEX "vcard-by-owner" ON "vcard" ("collection-owner");
CREATE INDEX "queue-by-owner" ON "queue" ("collection-owner");
CREATE INDEX "private-by-owner" ON "private" ("collection-owner");
CREATE INDEX "motd-by-owner" ON "motd-times" ("collection-owner");
CREATE INDEX "privacy-default-by-owner" ON "privacy-default" ("collection-owner");
CREATE INDEX "privacy-by-owner" ON "privacy-items" ("collection-owner");
CREATE INDEX "vacation-by-owner" ON "vacation-settings" ("collection-owner");
CREATE INDEX "status-by-owner" ON "status" ("collection-owner");
COMMIT;
