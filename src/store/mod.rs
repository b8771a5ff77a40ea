//! *Keeps*.
