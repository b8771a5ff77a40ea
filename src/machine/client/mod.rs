pub mod types; pub use types::*;
pub const ATTEMPTS_MAX: u32 = 5;
pub const LINES_MAX: usize = 4096;
