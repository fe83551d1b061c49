//! Send this request: one question, one answer, over a transport of your choice, with limits on size, time and address.
