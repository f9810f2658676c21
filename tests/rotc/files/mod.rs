//! Files people send, and what becomes of them.

mod cloudinary;
