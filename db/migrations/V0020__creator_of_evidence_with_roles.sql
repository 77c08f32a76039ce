-- Why: whoever causes a certificate for an identity must hold each role that the identity carries, at the
-- time when it is caused. So it is kept who made a join token or activated a policy, and with which roles.
-- Null where a server of the release before wrote the row: then it counts as no role.

ALTER TABLE attestation.join_token
    ADD COLUMN creator_kind    varchar(32),
    ADD COLUMN creator_subject varchar(2048),
    ADD COLUMN creator_roles   varchar(32)[];
COMMENT ON COLUMN attestation.join_token.creator_kind IS 'How the creator proved itself: oidc, certificate, credential, server.';
COMMENT ON COLUMN attestation.join_token.creator_subject IS 'The creator, unique within the kind; created_by is the same for people, shortened.';
COMMENT ON COLUMN attestation.join_token.creator_roles IS 'Roles of the admin API that the creator held then.';

ALTER TABLE policy.activation ADD COLUMN actor_roles varchar(32)[];
COMMENT ON COLUMN policy.activation.actor_roles IS 'Roles of the admin API of the person who put it in force; of the approver where it waited for a second person.';
