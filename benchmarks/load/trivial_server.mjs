// Answers anything with one small document at once: what the generator reaches against it is the generator's ceiling.
import { createServer } from 'node:net'

const body = JSON.stringify({ trivial: true, padding: 'x'.repeat(1000) })
const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)

createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(answer))
  socket.on('error', () => socket.destroy())
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'))
