//! M-PESA: whatever it does, no shilling is lost and none is counted twice.

mod calls;
mod lists;
mod paybill;
mod push;
mod results;
