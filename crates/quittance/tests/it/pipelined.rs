//! Guessing over real connections: requests that are sent all at once, before any answer is read, are tries like all others.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;

use quittance::random::Token;

use crate::export::Export;
use crate::house::House;
use crate::post_office::PostOffice;
use crate::served::{PATIENCE, Served};
use crate::visitor::Visitor;

houses!(two_hundred_guesses_on_one_connection_are_five, two_hundred_guesses_on_twenty_connections_are_five,);

const KHADRA: &str = "khadra.moua@northfieldgrain.example";
const GUESSES: u32 = 200;

fn two_hundred_guesses_on_one_connection_are_five(house: &House) {
    are_five(house, 1);
}

fn two_hundred_guesses_on_twenty_connections_are_five(house: &House) {
    are_five(house, 20);
}

fn are_five(house: &House, connections: u32) {
    house.takes(&Export::of(&["C-1000"], house.path("export")).folder);
    let post = PostOffice::open();
    house.mails_to(post.port);
    let served = house.serves();
    let mut khadra = Visitor::of(served.address);
    assert_eq!(khadra.asks(KHADRA).0, 303);
    let code: u32 = Visitor::code(&post, KHADRA, 1).parse().unwrap();
    let cookie = khadra.cookies["__Host-sign-in"].clone();
    let tellers: Vec<_> = (0..connections)
        .map(|number| {
            // Never the right one.
            let guesses = (1..=GUESSES)
                .skip_while(|guess| guess % connections != number)
                .step_by(usize::try_from(connections).unwrap());
            let requests: Vec<String> = guesses.map(|guess| request(&cookie, (code + guess) % 1_000_000)).collect();
            let stream = connect(&served);
            thread::spawn(move || answers(stream, &requests))
        })
        .collect();
    let answers: Vec<u16> = tellers.into_iter().flat_map(|teller| teller.join().unwrap()).collect();
    assert_eq!(answers.len(), usize::try_from(GUESSES).unwrap());
    // Where very many wait at once some are asked to come back; none of them was a try.
    assert!(answers.iter().all(|status| matches!(status, 422 | 503)), "{answers:?}");
    assert_eq!(self::answers(connect(&served), &[request(&cookie, code)]), [422], "the right one comes too late");
    served.stops();
    let hash = Token::parse(&cookie).unwrap().hash();
    assert_eq!(house.reads(move |tx| tx.sign_in(&hash)).unwrap().tries, 5);
}

fn connect(served: &Served) -> TcpStream {
    let stream = TcpStream::connect(served.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn request(cookie: &str, code: u32) -> String {
    let form = format!("code={code:06}");
    format!(
        "POST /sign-in/code HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nCookie: __Host-sign-in={cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
}

/// Sends all requests at once; gives the status of each answer, in their order.
fn answers(stream: TcpStream, requests: &[String]) -> Vec<u16> {
    let (mut out, all) = (stream.try_clone().unwrap(), requests.concat());
    // Beside the reading: pages pile up behind a word that is still being said.
    let writer = thread::spawn(move || out.write_all(all.as_bytes()).unwrap());
    let mut stream = BufReader::new(stream);
    let statuses = requests.iter().map(|_| answer(&mut stream)).collect();
    writer.join().unwrap();
    statuses
}

fn answer(stream: &mut BufReader<TcpStream>) -> u16 {
    let mut line = || {
        let mut line = String::new();
        assert!(stream.read_line(&mut line).unwrap() > 0, "the connection ended");
        line.trim_end().to_owned()
    };
    let status = line().split(' ').nth(1).unwrap().parse().unwrap();
    let mut length = None;
    loop {
        let line = line().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        length = line.strip_prefix("content-length: ").map(|value| value.parse::<usize>().unwrap()).or(length);
    }
    let mut body = vec![0; length.unwrap()];
    stream.read_exact(&mut body).unwrap();
    status
}
