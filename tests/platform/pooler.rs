//! Everything but migrations through a transaction pooler.
