//! Plans that once failed, made small, each with what was wrong. They always run.

use super::runner::run;

const ARCHIVE: [(&str, &str); 6] = [
    (
        "a long text for somebody who was not in the table yet was taken as one for a classic program, \
         and failed",
        "seed 58 people 3 modern loss 40 doubles 0 delay 20 outliers 0 goes-on
         1323 ms #1 server is-wiped for 932 ms
         3951 ms #2 tails says 9745 bytes to knuckles",
    ),
    (
        "a client that started, and whose server's store was another one since, never asked again for \
         what the first had stored",
        "seed 814 people 3 modern loss 0 doubles 0 delay 1 outliers 0 heals
         7858 ms #4 tails sleeps for 85248 ms
         8532 ms #5 knuckles says 49 bytes to tails
         36350 ms #21 knuckles crashes after-outputs-3 for 270 ms
         40617 ms #24 server is-wiped for 21 ms
         43908 ms #26 knuckles says 1831 bytes to sonic",
    ),
    (
        "the word that mail expired was confirmed and ignored, the rest of the text was shown, and the \
         sender was told that it was delivered",
        "seed 1480 people 4 modern loss 20 doubles 0 delay 80 outliers 0 goes-on
         1141 ms #1 tails signs-out for 12409 ms
         1143 ms #2 amy says 33 bytes to knuckles
         1152 ms #3 knuckles crashes now for 843 ms
         1181 ms #5 amy says 1 bytes to sonic
         1223 ms #10 sonic says 33 bytes to amy
         1242 ms #11 server crashes before-its-commit for 54 ms
         1250 ms #12 amy says 40 bytes to sonic
         1278 ms #14 sonic signs-out for 550 ms
         1296 ms #15 sonic says 2692 bytes to tails
         1315 ms #17 sonic says 15 bytes to tails
         3324 ms #20 tails is-away-for-31-days
         83824 ms #21 tails says 9380 bytes to amy",
    ),
    (
        "an ack of a client's last run came late, the server took it for the new run's, and sent the page \
         behind it for ever: the client saw nobody",
        "seed 2446 people 4 modern loss 10 doubles 0 delay 80 outliers 1 heals
         1251 ms #3 knuckles crashes now for 398 ms",
    ),
    (
        "the last parts of a text whose first had expired were kept anew before their sender was told, and \
         stayed at the server",
        "seed 921 people 4 modern loss 20 doubles 0 delay 1 outliers 1 heals
         1194 ms #1 tails says 36 bytes to knuckles
         1347 ms #2 sonic signs-out for 9310 ms
         1562 ms #4 tails says 30 bytes to sonic
         2041 ms #10 tails says 1193 bytes to sonic
         4559 ms #16 knuckles is-away-for-31-days
         83059 ms #17 knuckles retries",
    ),
    (
        "the model took a line that its reader had deleted for one that was never read",
        "seed 34 people 2 modern loss 0 doubles 0 delay 1 outliers 0 heals
         windows
         2000 ms #4 sonic says 40 bytes to tails
         8000 ms #5 tails deletes
         9000 ms #6 sonic says 40 bytes to tails",
    ),
];

#[test]
fn what_once_failed_holds() {
    for (wrong, plan) in ARCHIVE {
        let plan = plan.parse().expect("a plan");
        assert_eq!(run(&plan, None).broken, None, "{wrong}:\n{plan}");
    }
}
