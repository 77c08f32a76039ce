-- Why: the key of an issuing CA that a root elsewhere is to sign may be made in a token, too; then
-- a request has the way to it, and no wrapped key.

ALTER TABLE authority.request ALTER COLUMN key_check DROP NOT NULL;
ALTER TABLE authority.request ALTER COLUMN wrapped_key DROP NOT NULL;
ALTER TABLE authority.request ADD COLUMN reference varchar(512);
ALTER TABLE authority.request ADD CONSTRAINT request_reference_form
    CHECK (reference ~ '^pkcs11:token=[!-~]+;id=(%[0-9a-f]{2}){1,64};type=private$');
ALTER TABLE authority.request ADD CONSTRAINT request_key_in_one_place CHECK (
    num_nonnulls(wrapped_key, reference) = 1 AND (key_check IS NULL) = (wrapped_key IS NULL));

COMMENT ON COLUMN authority.request.key_check IS 'Which key-encryption key opens wrapped_key; as in authority.private_key. Null: a token keeps the key.';
COMMENT ON COLUMN authority.request.wrapped_key IS 'The private key, as in authority.private_key, bound to this id. It is wrapped anew for the authority when the signed certificate comes. Null: a token keeps it.';
COMMENT ON COLUMN authority.request.reference IS 'Where it is, as in authority.token_key; null: it is wrapped.';
