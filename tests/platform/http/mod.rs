mod drf;
mod idempotency;
mod webhooks;
