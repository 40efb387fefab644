// A button on each block of code that copies it. Without scripts the code is selected as any text is.
const words = document.documentElement.lang === 'vi' ? ['Sao chép', 'Đã sao chép'] : ['Copy', 'Copied'];

for (const block of document.querySelectorAll('div.highlight')) {
  if (!navigator.clipboard) break;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'docs-copy';
  button.textContent = words[0];
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('pre').textContent.trimEnd() + '\n');
    button.textContent = words[1];
    setTimeout(() => { button.textContent = words[0]; }, 2000);
  });
  block.prepend(button);
}
