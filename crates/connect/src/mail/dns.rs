//! What DNS says of names that mail depends on: asked of one server, over UDP, and over TCP where the answer is long.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, Question, RCODE, TYPE, rdata::RData};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(3);
const TRIES: usize = 2;
const UDP_BYTES: usize = 4096;

/// A server to ask.
#[derive(Clone, Debug)]
pub struct Dns {
    server: SocketAddr,
}

/// Why there is no answer. A name that doesn't exist is an answer: it has no records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the DNS server {server} gave no answer about {name}: {why}")]
pub struct NoAnswer {
    server: SocketAddr,
    name: String,
    why: String,
}

impl Dns {
    /// Asks this server.
    pub fn at(server: SocketAddr) -> Self {
        Self { server }
    }

    /// Asks the first server that the machine asks (`/etc/resolv.conf`); nothing where it names none.
    pub fn of_machine() -> Option<Self> {
        let settings = fs::read_to_string("/etc/resolv.conf").ok()?;
        let mut servers = settings.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
        servers.find_map(|ip| ip.trim().parse::<IpAddr>().ok()).map(|ip| Self::at(SocketAddr::new(ip, 53)))
    }

    /// The texts at a name, each put together.
    pub async fn texts(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        self.ask(name, TYPE::TXT, |data| match data {
            RData::TXT(text) => String::try_from(text.clone()).ok(),
            _ => None,
        })
        .await
    }

    /// The addresses of a host.
    pub async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, NoAnswer> {
        let mut found = self
            .ask(name, TYPE::A, |data| match data {
                RData::A(a) => Some(IpAddr::from(Ipv4Addr::from(a.address))),
                _ => None,
            })
            .await?;
        let six = self.ask(name, TYPE::AAAA, |data| match data {
            RData::AAAA(a) => Some(IpAddr::from(Ipv6Addr::from(a.address))),
            _ => None,
        });
        found.extend(six.await?);
        Ok(found)
    }

    /// The hosts that take a domain's mail, the preferred first.
    pub async fn mail_hosts(&self, domain: &str) -> Result<Vec<String>, NoAnswer> {
        let mut found = self
            .ask(domain, TYPE::MX, |data| match data {
                RData::MX(mx) => Some((mx.preference, mx.exchange.to_string())),
                _ => None,
            })
            .await?;
        found.sort();
        Ok(found.into_iter().map(|(_, host)| host).collect())
    }

    async fn ask<T>(&self, name: &str, kind: TYPE, read: fn(&RData<'_>) -> Option<T>) -> Result<Vec<T>, NoAnswer> {
        let failed = |why: String| NoAnswer { server: self.server, name: name.to_owned(), why };
        let question = question(name, kind).map_err(|error| failed(error.to_string()))?;
        let mut why = String::new();
        for _ in 0..TRIES {
            match timeout(PATIENCE, self.exchange(&question)).await {
                Ok(Ok(answer)) => return answers(&answer, read).map_err(failed),
                Ok(Err(error)) => why = error.to_string(),
                Err(_) => why = format!("nothing within {} seconds", PATIENCE.as_secs()),
            }
        }
        Err(failed(why))
    }

    async fn exchange(&self, question: &[u8]) -> std::io::Result<Vec<u8>> {
        let ours: SocketAddr =
            if self.server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
        let socket = UdpSocket::bind(ours).await?;
        // Connected: packets from elsewhere are not seen.
        socket.connect(self.server).await?;
        socket.send(question).await?;
        let mut buffer = vec![0; UDP_BYTES];
        let length = socket.recv(&mut buffer).await?;
        buffer.truncate(length);
        let is_cut = Packet::parse(&buffer).is_ok_and(|packet| packet.has_flags(PacketFlag::TRUNCATION));
        if is_cut { self.exchange_long(question).await } else { Ok(buffer) }
    }

    async fn exchange_long(&self, question: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.server).await?;
        stream.write_u16(u16::try_from(question.len()).unwrap_or(u16::MAX)).await?;
        stream.write_all(question).await?;
        let length = stream.read_u16().await?;
        let mut answer = vec![0; usize::from(length)];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }
}

fn question(name: &str, kind: TYPE) -> Result<Vec<u8>, simple_dns::SimpleDnsError> {
    let mut packet = Packet::new_query(0);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(Question::new(Name::new(name)?, QTYPE::TYPE(kind), CLASS::IN.into(), false));
    packet.build_bytes_vec()
}

fn answers<T>(bytes: &[u8], read: fn(&RData<'_>) -> Option<T>) -> Result<Vec<T>, String> {
    let packet = Packet::parse(bytes).map_err(|error| format!("its answer can't be read ({error})"))?;
    match packet.rcode() {
        RCODE::NoError => Ok(packet.answers.iter().filter_map(|record| read(&record.rdata)).collect()),
        RCODE::NameError => Ok(Vec::new()),
        other => Err(format!("it says {other:?}")),
    }
}
